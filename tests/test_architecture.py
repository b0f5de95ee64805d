"""The rules of CONTRIBUTING.md that a reader may rely on, checked on the syntax tree of every file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src/gem"
FILES = sorted(SRC.rglob("*.py"))
MODULES = {
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__"): path for path in FILES
}
MAX_LINES = 400
MAX_FUNCTION_LINES = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
SEEDED_CONSTRUCTORS = {"Generator", "default_rng", "SeedSequence", "PCG64", "BitGenerator"}
EXEMPT = {
    ("gem.seeding", "set_seed"),  # existing scripts seed the global generators by it
    ("gem.envs._reasoning_gym_items", "lent_generators"),  # gives them back as they were
    ("gem.envs._reasoning_gym_items", "_fenced_exec"),  # the data set's own programs, without files
    ("gem.sandbox.box.program", "execute"),  # the sandbox's far side: to run programs is what it is for
    ("gem.sandbox.box.notebook", "_execute"),
    ("gem.sandbox.children.driver_inside", "run_main"),
    ("gem.sandbox.children.driver_inside", "run_cell"),
    ("gem.envs._textarena_world", "World"),  # what TextArena draws from is a random.Random of each game's own
}
"""Functions and classes that may do what no other may, and why."""
RANDOM_FOLK = ("gem.checking", "gem.sandbox.box")
"""Where the standard library's generator is looked at, or seeded for a program in its own process."""
TODO = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d+)")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef


def floors() -> list[set[str]]:
    """The rooms of each floor, the highest first, as pyproject.toml tells import-linter."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = config["tool"]["importlinter"]["contracts"]
    return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]


FLOOR_OF = {room: len(floors()) - index for index, rooms in enumerate(floors()) for room in rooms}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=MODULES.items(), ids=list(MODULES))
def module(request):
    name, path = request.param
    return name, path, parsed(path)


def named(nodes: list[str]) -> str:
    return "\n".join(nodes)


def test_a_file_is_short_and_says_what_it_is(module):
    name, path, tree = module
    assert path.read_text().count("\n") <= MAX_LINES
    assert ast.get_docstring(tree), f"{name} has no docstring"
    assert path.stem not in VAGUE_NAMES


def test_a_function_is_short(module):
    _, path, tree = module
    long = [
        f"{path}:{node.lineno} {node.name}"
        for node in ast.walk(tree)
        if isinstance(node, Function) and _lines(node) > MAX_FUNCTION_LINES
    ]
    assert not long, named(long)


def test_what_is_public_is_documented(module):
    name, path, tree = module
    silent = [f"{path}:{node.lineno} {node.name}" for node in undocumented(name, tree)]
    assert not silent, named(silent)


def test_no_file_does_what_the_house_forbids(module):
    name, path, tree = module
    found = [f"{path}:{getattr(node, 'lineno', 0)} {why}" for node, why in offences(name, tree)]
    assert not found, named(found)


def test_no_todo_without_an_issue(module):
    _, path, _ = module
    found = [line for line in path.read_text().splitlines() if TODO.search(line)]
    assert not found, named(found)


def test_a_room_imports_only_from_floors_below_it(module):
    name, path, tree = module
    here = room(name)
    if here not in FLOOR_OF:
        assert here in {"gem", "__about__", "__main__", "_upstream"}, f"{here} stands on no floor of pyproject.toml"
        return
    for node, target in imports(name, path, tree):
        there = room(target)
        if there in {here, "gem", "__about__"}:
            continue
        assert FLOOR_OF[there] < FLOOR_OF[here], f"{path}:{node.lineno} {name} imports {target}"


def test_no_module_imports_itself_in_a_circle():
    graph = {
        name: {target for _, target in imports(name, path, parsed(path), top_level=True)}
        for name, path in MODULES.items()
    }
    graph = {name: {owner(target) for target in targets} - {name, "gem"} for name, targets in graph.items()}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


# -- the rules, shown to bite ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "import random", "from random import choice", "np.random.seed(0)", "np.random.rand()", "numpy.random.rand()",
        "from numpy.random import rand", "try:\n    f()\nexcept:\n    pass", "print(1)", "eval('1')", "exec('1')",
        "logging.basicConfig()", "import pdb", "breakpoint()",
    ],
)  # fmt: skip
def test_an_offence_is_seen(code):
    assert list(offences("gem.core", ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "np.random.default_rng(0)",
        "np.random.Generator(np.random.PCG64(1))",
        "self.rng.random()",
        "model.eval()",
        "rng: np.random.Generator",
    ],
)
def test_what_is_allowed_is_no_offence(code):
    assert not list(offences("gem.core", ast.parse(code)))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(): ...", ["f"]), ("def _f(): ...", []), ("class A:\n    def m(self): ...", ["A", "m"]),
        ("class A:\n    '''doc'''\n    def __len__(self): ...", []),
        ("def f():\n    '''doc'''\n    def inner(): ...", []),
    ],
)  # fmt: skip
def test_missing_docstrings_are_seen(code, names):
    assert [node.name for node in undocumented("gem.core", ast.parse(code))] == names


@pytest.mark.parametrize(
    ("line", "bad"), [("x = 1  # TODO later", True), ("x = 1  # TODO(#12) later", False), ("TODO = 1", False)]
)
def test_a_todo_needs_an_issue(line, bad):
    assert bool(TODO.search(line)) == bad


# -- reading syntax trees --------------------------------------------------------------------------


def _lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def offences(name: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """What stands in the tree and in no file of ours."""
    allowed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, Documented) and (name, node.name) in EXEMPT
        for inner in ast.walk(node)
    }
    may_import_random = any(module == name for module, _ in EXEMPT) or name.startswith(RANDOM_FOLK)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if any(alias.name == "pdb" for alias in names):
                yield node, "imports pdb"
            case ast.Import(names=names) if any(alias.name == "random" for alias in names) and not may_import_random:
                yield node, "imports random"
            case ast.ImportFrom(module="random"):
                yield node, "imports from random"
            case ast.ImportFrom(module="numpy.random", names=names) if any(
                alias.name not in SEEDED_CONSTRUCTORS for alias in names
            ):
                yield node, "imports from numpy.random"
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=attr)
            ):
                reads = attr == "get_state"
                if attr not in SEEDED_CONSTRUCTORS and not reads and id(node) not in allowed:
                    yield node, f"calls numpy.random.{attr}"
            case ast.ExceptHandler(type=None):
                yield node, "has a bare except"
            case ast.Call(func=ast.Name(id="print")) if not name.startswith("gem.cli"):
                yield node, "prints"
            case ast.Call(func=ast.Name(id="eval" | "exec" | "breakpoint" as function)) if id(node) not in allowed:
                yield node, f"calls {function}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="logging"), attr="basicConfig")):
                yield node, "configures the root logger"
            case _:
                pass


def undocumented(name: str, tree: ast.Module) -> list[Documented]:
    """Public classes, functions and methods without a docstring that also override none with one."""
    del name
    found: list[Documented] = []

    def visit(body: list[ast.stmt], kind: str | None) -> None:
        for node in body:
            if not isinstance(node, Documented) or node.name.startswith("_"):
                continue
            overrides = kind is not None and kind in overriding and node.name in documented_names()
            if not ast.get_docstring(node) and not overrides and not _is_stub(node):
                found.append(node)
            if isinstance(node, ast.ClassDef):
                visit(node.body, node.name)

    overriding = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases}
    visit(tree.body, None)
    return found


@cache
def documented_names() -> set[str]:
    """Names of methods that some class of ours documents."""
    classes = (node for path in FILES for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef))
    return {
        item.name for node in classes for item in node.body if isinstance(item, Function) and ast.get_docstring(item)
    }


def _is_stub(node: Documented) -> bool:
    """A setter or an overload speaks through the function it belongs to."""
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    return any(mark.endswith((".setter", "overload")) for mark in marks)


def imports(name: str, path: Path, tree: ast.Module, top_level: bool = False) -> Iterator[tuple[ast.stmt, str]]:
    """The modules of ours that a module imports, but for those that only type checkers read."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    nodes = tree.body if top_level else ast.walk(tree)
    for node in nodes:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names if alias.name.split(".")[0] == "gem")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gem":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node, inner if inner in MODULES else str(node.module)


def owner(target: str) -> str:
    return target if target in MODULES else target.rpartition(".")[0]


def room(name: str) -> str:
    """The room that a module is in: its first name below `gem`."""
    return name.split(".")[1] if "." in name else "gem"
