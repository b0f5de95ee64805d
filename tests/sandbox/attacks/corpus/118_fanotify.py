"""Tries: to be told what happens in whole file systems, by fanotify.
Kind: kernel
Seen: inside, the group is there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
if libc.fanotify_init(0x200, 0) >= 0:
    print("SUCCEEDED", nonce, flush=True)
