"""Tries: to keep a message in the kernel's keyring, where the next episode of the same user finds it.
Kind: kernel
Seen: inside, the key is there.
Control: shown
"""

import ctypes
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
add_key, keyctl = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
print("ATTEMPTED", nonce, flush=True)
for keyring in (-4, -5, -3, -2, -1):
    if libc.syscall(add_key, b"user", nonce.encode(), b"message", 7, keyring) >= 0:
        print("SUCCEEDED", nonce, flush=True)
        break
if libc.syscall(keyctl, 0, -3, 1) >= 0:
    print("SUCCEEDED", nonce, flush=True)
