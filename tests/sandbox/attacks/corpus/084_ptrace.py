"""Tries: to become the debugger of the sibling and of the trainer.
Kind: processes
Seen: inside, the kernel agreed.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
print("ATTEMPTED", nonce, flush=True)
if libc.ptrace(0x4206, world["victim_pid"], None, None) == 0:
    print("SUCCEEDED", nonce, flush=True)
