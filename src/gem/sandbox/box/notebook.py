"""Cells of a session: variables stay, and the value of a last expression is shown, as in a notebook."""

from __future__ import annotations

import ast
import sys
from typing import Any

from gem.sandbox.box import program


class Notebook:
    """One `__main__` for all cells."""

    def __init__(self) -> None:
        self._count = 0
        self._globals: dict[str, Any] | None = None
        self._running = False

    def interrupt(self, number: int, frame: object) -> None:
        """The handler of SIGINT: it stops a cell's code, once, and nothing but that."""
        del number, frame
        if self._running:
            self._running = False
            raise KeyboardInterrupt

    def run(self, source: bytes) -> tuple[int, BaseException | None]:
        """Run one cell; its exit code, and what ended it."""
        self._count += 1
        name = f"<cell {self._count}>"
        if self._globals is None:
            self._globals = program.fresh_main(b"", "")
            del self._globals["__file__"]
        program.show_lines(name, source)
        main = self._globals
        return program.cell_ended(lambda: self._perform(source, name, main))

    def _perform(self, source: bytes, name: str, main: dict[str, Any]) -> None:
        try:
            self._running = True
            _execute(source, name, main)
        finally:
            self._running = False


def _execute(source: bytes, name: str, main: dict[str, Any]) -> None:
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    program.execute(compile(tree, name, "exec", dont_inherit=True), main)
    if isinstance(last, ast.Expr):
        sys.displayhook(eval(compile(ast.Expression(last.value), name, "eval", dont_inherit=True), main))
