import io
import sys

old, sys.stdout = sys.stdout, io.StringIO()
print("hidden")
text, sys.stdout = sys.stdout.getvalue(), old
print(repr(text))
sys.stdin = io.StringIO("7\n")
print(int(input()) * 2)
