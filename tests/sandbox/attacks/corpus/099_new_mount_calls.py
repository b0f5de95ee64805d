"""Tries: to mount by the newer system calls: fsopen, open_tree, move_mount, mount_setattr.
Kind: kernel
Seen: inside, one of them worked.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
open_tree, fsopen = 428, 430
print("ATTEMPTED", nonce, flush=True)
libc.unshare(0x10000000 | 0x00020000)
if libc.syscall(fsopen, b"tmpfs", 0) >= 0:
    print("SUCCEEDED", nonce, flush=True)
if libc.syscall(open_tree, -100, b"/", 1 | 0x8000) >= 0:
    print("SUCCEEDED", nonce, flush=True)
