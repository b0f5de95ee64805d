r"""Whether a mathematical answer is right: exact comparison where that decides, `math-verify` in a worker elsewhere.

    from gem.grading.math import grade

    grade(r"\frac{\sqrt{12}}{2}", r"\sqrt{3}").verdict  # "correct"

`grade` for threads, `agrade` for event loops, `grade_many` for lists; `exact` is the comparison that needs no extra.
Whatever the answer, they return in time and say what they found. No process starts before the first answer that needs
one, and all envs share the few that do.
"""

from gem.grading.math.exact import exact as exact
from gem.grading.math.grading import agrade as agrade
from gem.grading.math.grading import grade as grade
from gem.grading.math.grading import grade_many as grade_many
from gem.grading.math.grading import need_grader as need_grader
from gem.grading.math.pool import close_shared as close_shared
from gem.grading.math.verdict import MathVerdict as MathVerdict
from gem.grading.math.verdict import Verdict as Verdict
