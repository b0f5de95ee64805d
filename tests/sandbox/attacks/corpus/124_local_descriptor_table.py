"""Tries: to change the processor's descriptor table and its i/o rights, old ways into the kernel.
Kind: kernel
Seen: inside, one of the calls worked.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
modify_ldt, iopl, ioperm, kcmp = 154, 172, 173, 312
print("ATTEMPTED", nonce, flush=True)
if libc.syscall(modify_ldt, 0, ctypes.create_string_buffer(64), 64) >= 0:
    print("SUCCEEDED", nonce, flush=True)
if libc.syscall(iopl, 3) == 0 or libc.syscall(ioperm, 0x70, 1, 1) == 0:
    print("SUCCEEDED", nonce, flush=True)
