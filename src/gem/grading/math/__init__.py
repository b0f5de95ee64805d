"""Whether a mathematical answer is right: exact comparison where that decides, `math-verify` in a worker elsewhere."""

from gem.grading.math.verdict import MathVerdict as MathVerdict
from gem.grading.math.verdict import Verdict as Verdict
