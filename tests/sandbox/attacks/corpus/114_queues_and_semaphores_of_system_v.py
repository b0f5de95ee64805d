"""Tries: to leave a message queue and a semaphore that outlive it.
Kind: kernel
Seen: inside or after the run, they are there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
key = int(nonce[:7], 16)
print("ATTEMPTED", nonce, flush=True)
if libc.msgget(key, 0o1666) >= 0:
    print("SUCCEEDED", nonce, flush=True)
if libc.semget(key, 1, 0o1666) >= 0:
    print("SUCCEEDED", nonce, flush=True)
