"""Tries: to leave a message in a queue that outlives it.
Kind: kernel
Seen: inside, the queue is there.
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
number = {"x86_64": 240, "aarch64": 180}[platform.machine()]
print("ATTEMPTED", nonce, flush=True)
if libc.syscall(number, nonce.encode(), os.O_CREAT | os.O_RDWR, 0o666, None) >= 0:
    print("SUCCEEDED", nonce, flush=True)
