import io
import sys
import unittest


class Case(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)  # noqa: PT009

    def test_wrong(self):
        self.assertEqual(1 + 1, 3)  # noqa: PT009


quiet = unittest.TextTestRunner(stream=io.StringIO())
result = quiet.run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
print(result.testsRun, len(result.failures), result.failures[0][1].splitlines()[-1])
sys.stderr = io.StringIO()
unittest.main(argv=["main.py", "Case.test_wrong"])
