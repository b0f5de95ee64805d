"""Tries: to enter the trainer's namespaces.
Kind: kernel
Seen: inside, a namespace could be entered.
Control: not shown, an ordinary user may not enter the namespaces of another process.
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
for pid in (world["trainer_pid"], 1, os.getppid()):
    for name in ("user", "mnt", "pid_for_children", "net"):
        try:
            number = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(number, 0) == 0:
            print("SUCCEEDED", nonce, flush=True)
if (number := libc.syscall(434, world["trainer_pid"], 0)) >= 0 and libc.setns(number, 0x20000000) == 0:
    print("SUCCEEDED", nonce, flush=True)
