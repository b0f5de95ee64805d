"""Tries: to count events of the processor, a door to side channels and old kernel bugs.
Kind: kernel
Seen: inside, a counter is there.
Control: shown
"""

import ctypes
import json
import platform
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 298, "aarch64": 241}[platform.machine()]
software, task_clock, user_only = 1, 1, 0x60
print("ATTEMPTED", nonce, flush=True)
attributes = ctypes.create_string_buffer(struct.pack("=IIQQQQQ", software, 112, task_clock, 0, 0, 0, user_only), 112)
if libc.syscall(number, attributes, 0, -1, -1, 0) >= 0:
    print("SUCCEEDED", nonce, flush=True)
