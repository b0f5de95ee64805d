"""Tries: to stay when its parent goes: no death signal, a session of its own, all signals ignored.
Kind: processes
Seen: a process is there after the run.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.6
"""

import ctypes
import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(1, 0)
print("ATTEMPTED", nonce, flush=True)
try:
    os.setsid()
except OSError as error:
    print(error)
while True:
    pass
