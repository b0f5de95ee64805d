"""Tries: to switch off the random layout of its memory, or to make all memory executable.
Kind: kernel
Seen: inside, the kernel agreed.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
for persona in (0x0040000, 0x0400000, 0x8000000):
    if libc.personality(persona) != -1:
        print("SUCCEEDED", nonce, flush=True)
