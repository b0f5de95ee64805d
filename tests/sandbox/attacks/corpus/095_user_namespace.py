"""Tries: to become root of a namespace of its own.
Kind: kernel
Seen: inside, the namespace is there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
for flags in (0x10000000, 0x10000000 | 0x00020000 | 0x40000000, 0x00020000, 0x20000000, 0x40000000):
    if libc.unshare(flags) == 0:
        print("SUCCEEDED", nonce, flush=True)
        break
