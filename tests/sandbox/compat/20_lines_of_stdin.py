import sys

for number, line in enumerate(sys.stdin):
    print(number, line.rstrip("\n").split())
print(repr(sys.stdin.read()))
