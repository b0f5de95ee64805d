"""Tries: to start a child as root of a namespace of its own, by clone3.
Kind: kernel
Seen: inside, there is a child.
Control: shown
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
child = libc.syscall(435, (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0), 64)
if child == 0:
    os._exit(0)
if child > 0:
    print("SUCCEEDED", nonce, flush=True)
