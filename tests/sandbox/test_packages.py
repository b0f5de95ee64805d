"""Of site-packages a program sees what its profile names and what that depends on; never gem."""

from __future__ import annotations

from pathlib import Path

import pytest

import gem
from gem.errors import SandboxUnavailable
from gem.sandbox import PROFILES
from gem.sandbox.packages import package_paths


def names_of(*imports):
    return {path.name for path in package_paths(imports)}


def test_without_imports_there_is_nothing():
    assert package_paths(()) == []


@pytest.mark.slow
def test_a_package_comes_with_what_it_depends_on():
    pytest.importorskip("sympy")
    names = names_of("sympy")
    assert {"sympy", "mpmath"} <= names
    assert "numpy" not in names


def test_a_package_without_dependencies_comes_alone():
    names = names_of("numpy")
    assert "numpy" in names
    assert {name.split("-")[0].split(".")[0] for name in names} <= {"numpy"}


def test_a_submodule_stands_for_its_package():
    assert names_of("numpy.random") == names_of("numpy")
    assert names_of("numpy", "numpy.linalg") == names_of("numpy")


def test_the_paths_exist_and_are_sorted_and_stand_in_site_packages():
    paths = package_paths(["numpy"])
    assert paths == sorted(paths)
    assert all(path.parent.name in ("site-packages", "dist-packages") for path in paths)
    assert all(path.exists() for path in paths if path.suffix != ".pyc")


@pytest.mark.parametrize("name", ["no_such_package_anywhere", "no_such_package.part"])
def test_what_is_not_installed_is_named(name):
    with pytest.raises(SandboxUnavailable, match="no_such_package"):
        package_paths([name])


@pytest.mark.parametrize("name", ["json", "asyncio", "os.path"])
def test_the_standard_library_needs_no_package(name):
    assert package_paths([name]) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_gem_is_in_no_profile(profile):
    if profile == "scientific":
        pytest.importorskip("sympy")
    home = Path(gem.__file__).parent.resolve()
    for path in package_paths(PROFILES[profile].imports):
        assert not path.name.lower().startswith("gem"), path
        assert not home.is_relative_to(path.resolve()), path


def test_a_requirement_that_is_not_installed_here_is_left_out(monkeypatch):
    from importlib import metadata

    from gem.sandbox import packages

    class Fake:
        requires = ("numpy", "absent-package; sys_platform == 'nowhere'", 'extra-only; extra == "dev"')
        files = None

    real = metadata.distribution
    asked = []

    def distribution(name):
        asked.append(name)
        return Fake() if name == "fake" else real(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    monkeypatch.setattr(packages, "_distribution_of", lambda module: "fake")
    assert package_paths(["anything"]) == package_paths_of_numpy(real, packages)
    assert "extra-only" not in asked


def package_paths_of_numpy(real, packages):
    return sorted(set(packages._top_entries(real("numpy"))))
