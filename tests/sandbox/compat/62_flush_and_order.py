import sys

print("a", end="", flush=True)
sys.stdout.write("b")
sys.stdout.flush()
print("c", file=sys.stderr)
print(sys.stdout.isatty(), sys.stdout.encoding.lower(), sys.stdin.isatty(), sys.stderr.errors)
