"""Tries: to call the kernel by the numbers of x32, which a careless filter does not know.
Kind: kernel
Seen: inside, a socket or a child is there.
Control: not shown, few kernels still have these calls.
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
if libc.syscall(0x40000000 + 41, 2, 1, 0) >= 0:
    print("SUCCEEDED", nonce, flush=True)
child = libc.syscall(0x40000000 + 57)
if child == 0:
    os._exit(0)
if child > 0:
    print("SUCCEEDED", nonce, flush=True)
