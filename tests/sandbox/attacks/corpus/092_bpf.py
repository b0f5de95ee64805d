"""Tries: to load a program into the kernel, and to make a map there.
Kind: kernel
Seen: inside, the kernel took it.
Control: not shown, this kernel lets only root use bpf.
"""

import ctypes
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
array = (ctypes.c_uint32 * 32)(2, 4, 8, 1)
print("ATTEMPTED", nonce, flush=True)
if libc.syscall(number, 0, array, 128) >= 0:
    print("SUCCEEDED", nonce, flush=True)
