import sys

data = sys.stdin.buffer.read().split()
print(len(data), sum(map(int, data)))
sys.stdout.buffer.write(b"\x41\x42\n")
