"""What a zygote's programs may read of this host: the interpreter's own library, the C libraries, some packages."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from pathlib import Path

from gem.sandbox.box.jail import View
from gem.sandbox.packages import package_paths
from gem.sandbox.profile import Profile


def view_of(profile: Profile) -> View:
    """The view of a profile's programs. Raises `SandboxUnavailable` for a package that is not installed."""
    folders = [sysconfig.get_paths()["stdlib"], os.path.realpath(sys.executable), *_c_libraries()]
    if sys.base_prefix not in ("/usr", "/"):
        folders.append(f"{sys.base_prefix}/lib")
    folders.append("/usr/share/zoneinfo")
    real = sorted({os.path.realpath(path) for path in folders if os.path.exists(path)})
    outermost = [path for path in real if not any(path.startswith(f"{other}/") for other in real)]
    packages = [str(path) for path in package_paths(profile.imports) if path.exists()]
    return View(
        folders=tuple(outermost),
        python=os.path.realpath(sys.executable),
        hidden=tuple(_other_packages(outermost)),
        links=tuple(_links()),
        packages=tuple(packages),
    )


def _c_libraries() -> list[str]:
    multiarch = sysconfig.get_config_var("MULTIARCH")
    if multiarch and Path("/usr/lib", multiarch).is_dir():
        return [f"/usr/lib/{multiarch}", f"/lib/{multiarch}", "/usr/lib64", "/lib64"]
    return ["/usr/lib", "/lib", "/usr/lib64", "/lib64"]


def _other_packages(folders: list[str]) -> list[str]:
    """Folders of installed packages below the view's folders, which hold what is not a program's business."""
    known = {os.path.realpath(path) for path in (*site.getsitepackages(), *sysconfig.get_paths().values())}
    stdlib = Path(os.path.realpath(sysconfig.get_paths()["stdlib"]))
    known |= {str(stdlib / name) for name in ("site-packages", "dist-packages")}
    known |= {"/usr/lib/python3/dist-packages"}
    below = {path for path in known if any(path.startswith(f"{folder}/") for folder in folders)}
    return sorted(path for path in below if Path(path).is_dir() and path.endswith("-packages"))


def _links() -> list[tuple[str, str]]:
    return [(place, os.readlink(place)) for place in ("/lib", "/lib64") if os.path.islink(place)]
