"""One test of a program. Holds what is given and what is expected; runs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Kind = Literal["stdin", "call", "assert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """What a program is given and what must come of it.

    `TestCase(kind="stdin", input="1 2\\n", expected="3\\n")`, `TestCase(kind="call", function="add", input=[1, 2],
    expected=3)` or `TestCase(kind="assert", code="assert add(1, 2) == 3")`.
    """

    __test__: ClassVar[bool] = False
    """Tells pytest that the class is none of its tests."""

    kind: Kind
    input: Any = None
    """The text on stdin, or the list of arguments, as JSON values."""
    expected: Any = None
    """What is to be printed, or the JSON value to be returned."""
    function: str = ""
    """What a call calls: a function, or a method of the program's `class Solution`."""
    wrapped: bool = False
    """Whether the expected value may stand in a list of its own, as in some rows of APPS."""
    code: str = ""
    """The test itself, as Python; names that it does not know are the solution's."""
    setup: str = ""
    """Python that runs before both the solution and the test."""
    stand_ins: tuple[str, ...] = ()
    """Names that mean the solution's, though the setup also defines them."""

    @property
    def size(self) -> int:
        """Roughly how many characters the test gives the program."""
        given = self.code if self.kind == "assert" else self.input
        return len(given) if isinstance(given, str) else len(repr(given))
