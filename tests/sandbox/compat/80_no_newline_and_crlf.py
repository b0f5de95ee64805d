import sys

print(sys.stdin.read().split(), end="")
