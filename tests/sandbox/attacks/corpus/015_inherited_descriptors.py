"""Tries: to read through every descriptor that it finds open, and to climb out of those that are folders.
Kind: reading
Seen: a planted secret comes out, or inside, a folder leads to the host's files.
Control: not shown, a plain child inherits nothing but the three standard streams.
"""

import json
import os
import stat
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 256):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    print(number, oct(mode))
    if stat.S_ISREG(mode):
        print(os.pread(number, 4000, 0))
    if stat.S_ISDIR(mode):
        for path in ("../" * 12 + "etc/passwd", "../" * 12 + world["secret_files"]["parent"].lstrip("/")):
            try:
                print(os.read(os.open(path, os.O_RDONLY, dir_fd=number), 100))
                print("SUCCEEDED", nonce, flush=True)
            except OSError as error:
                print(error)
