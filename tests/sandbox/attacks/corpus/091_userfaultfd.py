"""Tries: to handle page faults itself, which makes races in the kernel easy to win.
Kind: kernel
Seen: inside, the descriptor is there.
Control: shown
"""

import ctypes
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
if libc.syscall({"x86_64": 323, "aarch64": 282}[platform.machine()], 1) >= 0:
    print("SUCCEEDED", nonce, flush=True)
