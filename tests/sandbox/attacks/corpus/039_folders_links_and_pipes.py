"""Tries: to make folders, symbolic links and named pipes outside.
Kind: writing
Seen: they are there after the run.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
base = os.path.join(world["outside"], nonce)
for act in (
    lambda: os.mkdir(base),
    lambda: os.symlink("/etc", base + "l"),
    lambda: os.mkfifo(base + "p"),
    lambda: os.mknod(base + "n"),
):
    try:
        act()
    except OSError as error:
        print(error)
