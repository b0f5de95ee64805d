"""Tries: to load a module into the kernel.
Kind: kernel
Seen: inside, the kernel looked at the module instead of refusing the call.
Control: not shown, only root loads modules.
"""

import ctypes
import errno
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": (175, 313, 176, 246), "aarch64": (105, 273, 106, 104)}[platform.machine()]
print("ATTEMPTED", nonce, flush=True)
for number in numbers:
    libc.syscall(number, None, 0, None, 0)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        print("SUCCEEDED", nonce, flush=True)
