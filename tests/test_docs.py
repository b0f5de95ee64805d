"""The documents cannot rot: their code runs, their tables are those of the code, and nothing is left out."""

import gc
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from gem.cli import COMMANDS
from gem.cli.listing import shelves
from gem.registry import specs
from gem.wrappers.presets import WRAPPER_FACTORY

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "docs").glob("*.md"))
"""What README.md tells in short, at length."""
DOCS = "".join(path.read_text() for path in (ROOT / "README.md", ROOT / "ARCHITECTURE.md", *PAGES))
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def blocks(text):
    """Blocks that run: those fenced as ```python alone. One that needs the world is fenced ```python no-run."""
    return re.findall(r"^```python[ \t]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def generate_tables():
    spec = importlib.util.spec_from_file_location("generate_tables", ROOT / "scripts/generate_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("path", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_the_code_of_a_page_runs_from_top_to_bottom(path, tmp_path, monkeypatch, registry_as_it_was):
    code = blocks(path.read_text())
    assert code, f"{path.name} shows no code"
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}
    try:
        for block in code:
            exec(compile(block, path.name, "exec"), names)
    finally:
        names.clear()  # its functions hold it in a circle, and with it whatever the page has left open
        gc.collect()


def test_the_readme_leads_to_every_page():
    assert [path.name for path in PAGES if f"](docs/{path.name})" not in README] == []


@pytest.mark.parametrize("shelf", shelves(specs()))
def test_every_family_of_envs_is_documented(shelf):
    assert shelf in DOCS


def test_every_id_of_another_package_is_listed():
    bridged = [name for name in shelves(specs()) if name.endswith(":*")]
    assert bridged == ["gymnasium:*", "rg:*", "ta:*"]
    for name in bridged:
        for spec in shelves(specs())[name]:
            assert f"`{spec.id.partition(':')[2]}`" in README


@pytest.mark.parametrize("name", WRAPPER_FACTORY)
def test_every_wrapper_is_documented(name):
    assert f"`{name}`" in DOCS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"gem-gym {command}" in DOCS


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_extra_is_documented(extra):
    assert f"gem-gym[{extra}]" in DOCS


@pytest.mark.parametrize("table", ["envs", "extras", "commands", "scores", "other_scores"])
def test_every_generated_table_has_its_place(table):
    places = [name for name in generate_tables().DOCUMENTS if f"<!-- table:{table} -->\n" in (ROOT / name).read_text()]
    assert len(places) == 1
    assert f"<!-- /table:{table} -->" in (ROOT / places[0]).read_text()


@pytest.mark.parametrize("document", ["README.md", "SCORES.md"])
def test_the_generated_tables_are_up_to_date(document):
    text = (ROOT / document).read_text()
    assert generate_tables().updated(text) == text, "run: python scripts/generate_tables.py"


def test_a_table_is_rewritten_between_its_marks_only():
    tables = generate_tables()
    text = "before\n<!-- table:commands -->\nold\n<!-- /table:commands -->\nafter\n"
    new = tables.updated(text)
    assert new.startswith("before\n<!-- table:commands -->\n| command | what it does |\n")
    assert new.endswith("|\n<!-- /table:commands -->\nafter\n")
    assert tables.updated(new) == new


def test_links_between_documents_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *PAGES]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
