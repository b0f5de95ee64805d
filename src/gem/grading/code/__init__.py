"""Judging programs: tests in every public format, programs that run them unseen, checkers and verdicts.

    from gem import sandbox
    from gem.grading.code import judge, read_tests

    tests = read_tests({"inputs": ["1 2"], "outputs": ["3"]})
    judge(sandbox.shared(), "print(sum(map(int, input().split())))", tests).verdict        # "AC"

What is expected never enters the sandbox beside a solution, so a solution can find it nowhere.
"""

from gem.grading.code.checkers import CHECKERS as CHECKERS
from gem.grading.code.formats import FORMATS as FORMATS
from gem.grading.code.formats import Format as Format
from gem.grading.code.formats import read_tests as read_tests
from gem.grading.code.judge import Judgement as Judgement
from gem.grading.code.judge import judge as judge
from gem.grading.code.test_case import TestCase as TestCase
from gem.grading.code.verdicts import VERDICTS as VERDICTS
