"""Tries: to end the sibling by rt_sigqueueinfo and tgkill.
Kind: processes
Seen: the sibling is gone.
Control: shown
"""

import ctypes
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
queue, tgkill = {"x86_64": (129, 234), "aarch64": (138, 131)}[platform.machine()]
pid = world["victim_pid"]
info = (ctypes.c_int * 32)(15, 0, -1)
print("ATTEMPTED", nonce, flush=True)
print(libc.syscall(queue, pid, 15, info), libc.syscall(tgkill, pid, pid, 15))
