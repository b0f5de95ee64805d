"""Tries: to set times, owner and extended attributes of the host's files.
Kind: writing
Seen: inside, one of the calls worked.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

path = world["grader"]
print("ATTEMPTED", nonce, flush=True)
acts = [
    lambda: os.utime(path, (0, 0)),
    lambda: os.chown(path, os.getuid(), os.getgid()),
    lambda: os.setxattr(path, "user.mark", b"x"),
]
for act in acts:
    try:
        act()
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
