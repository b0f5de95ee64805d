"""Tries: to leave a message in /dev/shm.
Kind: kernel
Seen: the file is there after the run, or the next program sees it.
Control: shown
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

librt = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
number = librt.shm_open(b"/" + nonce.encode(), os.O_CREAT | os.O_RDWR, 0o666)
print(number, ctypes.get_errno())
