"""Tries: to leave variables for the next program.
Kind: state
Seen: the next program sees them.
Control: not shown, a plain child is a fresh process.
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for name in ("PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "MESSAGE"):
    os.environ[name] = nonce
ctypes.CDLL(None).setenv(b"MESSAGE", nonce.encode(), 1)
