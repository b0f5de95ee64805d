"""Tries: to change the root folder: chroot, and pivot_root.
Kind: kernel
Seen: inside, one of them worked.
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
os.mkdir("root")
print("ATTEMPTED", nonce, flush=True)
libc.unshare(0x10000000 | 0x00020000)
if libc.chroot(b"root") == 0 or libc.syscall({"x86_64": 155, "aarch64": 41}[platform.machine()], b".", b".") == 0:
    print("SUCCEEDED", nonce, flush=True)
