"""What is wrapped around math-verify in graders: nothing reaches `eval`, and what is sooner is the same.

Each test runs in an interpreter of its own: the wrappings are for graders, not for this process.
"""

import pytest

pytest.importorskip("math_verify")

GUARDED = """
import sympy
from sympy.parsing.sympy_parser import parse_expr as by_module
from gem.grading.math import library
library.load()
from math_verify import parser
from latex2sympy2_extended import latex2sympy2
from sympy.parsing import sympy_parser
for parse_expr in (parser.parse_expr, latex2sympy2.parse_expr, sympy_parser.parse_expr, sympy.sympify):
    assert str(parse_expr("2*(3+1.5e1)")) == "36.0000000000000"
    for text in (
        "__import__('os').getpid()",
        "().__class__", "exec('1')", "x.__class__", "open", "print", "a+b", "lambda: 1", "1;2",
        "'1'", "[1]", "1 if 1 else 2", "Integer(1).p", "f(1)", "__builtins__", "\\u0661",
    ):
        try:
            found = parse_expr(text)
        except Exception:
            continue
        assert isinstance(found, sympy.Symbol), (text, found)
"""

SAME_TREES = r"""
import latex2sympy2_extended.latex2sympy2 as conversion
from sympy import srepr
texts = [
    "(1,2)", "[0,1)", "(2,1]", "x^2-3x+2", r"\frac{1}{2}+\sqrt[3]{5}", r"\{1,2,3\}", "1,2,3", "x=3", "y=2x+1",
    "f(x)=x^2", "a<b<c", r"x\in[1,2]", r"(1,2)\cup(3,4]", r"\sin x\cos 2x", r"\log_2 8", r"\int_0^1 x^2 dx",
    r"\sum_{k=1}^{n} k", r"\binom{5}{2}", "n!", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "3+4i", r"50\%", r"\pm 3",
    "|x-1|", r"2\frac{1}{2}", r"e^{i\pi}", "x_1+x_2", r"\infty", r"\lim_{x\to 0}\frac{\sin x}{x}",
    r"\lfloor 2.5\rfloor", "(x+1)(x-1)", "((1,2),(3,4))", "1,234", "1, 234", r"\text{no}", r"90^\circ", r"\frac{",
    "x+", "(", r"\sqrt{}", "1..2",
]
def trees():
    for text in texts:
        try:
            yield srepr(conversion.latex2sympy(text, normalization_config=None))
        except Exception as error:
            yield type(error).__name__
before = list(trees())
from gem.grading.math import library
library.load()
after = list(trees())
assert before == after, [pair for pair in zip(texts, before, after) if pair[1] != pair[2]]
assert sum(tree.startswith(("Exception", "TypeError")) for tree in before) < len(before) / 3
"""

ZERO = r"""
import sympy
from gem.grading.math.library import is_same_line, is_zero
x, y = sympy.symbols("x y", real=True)
assert is_zero((x + 1) ** 2 - x**2 - 2 * x - 1) is True
assert is_zero((x + y) ** 3 - x**3 - y**3) is False
assert is_zero(sympy.sqrt(2) - 1) is False
assert is_zero(sympy.sqrt(8) - 2 * sympy.sqrt(2)) is None or is_zero(sympy.sqrt(8) - 2 * sympy.sqrt(2)) is True
assert is_zero(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6))) is None
assert is_zero(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1) is None
assert is_zero((x + 1) ** 1000 - x) is None
assert is_zero(1 / x - x) is None
assert is_zero(sympy.oo - 3) is None
assert is_zero(sympy.Float(0.1) * x - x / 10) is not False
assert is_zero(sympy.Matrix([1])) is None
line = sympy.Eq(y, 2 * x + 1)
assert is_same_line(line, sympy.Eq(4 * x - 2 * y, -2)) is True
assert is_same_line(line, sympy.Eq(y, 2 * x - 1)) is False
for other in (sympy.Eq(y, 2 * x**2), y > x, sympy.Eq(y, 1)):
    assert is_same_line(line, other) is None
assert is_same_line(sympy.Eq(x, 1), sympy.Eq(2 * x, 2)) is None
"""


@pytest.mark.slow
@pytest.mark.parametrize("code", [GUARDED, SAME_TREES, ZERO], ids=["guarded", "same trees", "zero"])
def test_the_wrapped_library(code, run_python):
    run_python(code, "-W", "ignore")
