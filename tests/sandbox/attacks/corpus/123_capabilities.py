"""Tries: to be root: user and group ids, and what capabilities it holds.
Kind: kernel
Seen: inside, it is root or holds a capability.
Control: not shown, an ordinary user is not root and holds none.
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
for act in (os.setuid, os.setgid, os.seteuid):
    try:
        act(0)
        print(act)
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
held = (ctypes.c_uint32 * 6)()
if libc.capget(header, held) == 0 and any(held):
    print(list(held))
    print("SUCCEEDED", nonce, flush=True)
if os.geteuid() == 0:
    print("SUCCEEDED", nonce, flush=True)
