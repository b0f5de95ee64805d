"""Tries: to lift the mounts that hide the host, and to make read-only ones writable.
Kind: kernel
Seen: inside, one of them worked.
Control: not shown, a plain child has no mounts of its own to lift, and the host's are root's.
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
for path in (b"/proc", b"/tmp", b"/dev", b"/sys", b".", b"/usr", b"/"):
    if libc.umount2(path, 2) == 0 or libc.mount(None, path, None, 0x20 | 0x1000, None) == 0:
        print("SUCCEEDED", nonce, flush=True)
