import os
import sys

os.write(1, b"raw\n")
print(sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno(), os.fstat(1).st_size >= 0)
with os.fdopen(os.dup(1), "w") as again:
    again.write("again\n")
print("printed")
