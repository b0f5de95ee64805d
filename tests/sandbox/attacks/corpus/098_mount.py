"""Tries: to mount a file system over its folder, first making itself root of a namespace.
Kind: kernel
Seen: inside, the mount is there.
Control: shown
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("point")
print("ATTEMPTED", nonce, flush=True)
libc.unshare(0x10000000 | 0x00020000)
for kind in (b"tmpfs", b"proc", b"ramfs"):
    if libc.mount(b"none", b"point", kind, 0, None) == 0:
        print("SUCCEEDED", nonce, flush=True)
if libc.mount(b"/", b"point", None, 0x1000 | 0x4000, None) == 0:
    print("SUCCEEDED", nonce, flush=True)
