"""Tries: to fork by the system call clone.
Kind: processes
Seen: inside, there is a child.
Control: shown
"""

import ctypes
import json
import os
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
print("ATTEMPTED", nonce, flush=True)
child = libc.syscall(number, 17, None, None, None, None)
if child == 0:
    os._exit(0)
if child > 0:
    print("SUCCEEDED", nonce, flush=True)
