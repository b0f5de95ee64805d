"""Tries: to read the kernel's log.
Kind: kernel
Seen: inside, the kernel gave its log or its size.
Control: not shown, most kernels keep their log from ordinary users.
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
buffer = ctypes.create_string_buffer(4096)
if libc.klogctl(3, buffer, 4096) >= 0 or libc.klogctl(10, None, 0) >= 0:
    print("SUCCEEDED", nonce, flush=True)
