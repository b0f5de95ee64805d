"""Tries: to fork by clone3, whose arguments a filter cannot look into.
Kind: processes
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
arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17, 0, 0, 0)
print("ATTEMPTED", nonce, flush=True)
child = libc.syscall(435, arguments, 64)
if child == 0:
    os._exit(0)
if child > 0:
    print("SUCCEEDED", nonce, flush=True)
