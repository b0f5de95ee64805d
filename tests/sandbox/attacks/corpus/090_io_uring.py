"""Tries: to open an io_uring, whose requests pass by every system call filter.
Kind: kernel
Seen: inside, the ring is there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
if libc.syscall(425, 4, ctypes.create_string_buffer(120)) >= 0:
    print("SUCCEEDED", nonce, flush=True)
