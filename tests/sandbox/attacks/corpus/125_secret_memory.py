"""Tries: to take memory that bounds and the trainer cannot see: memfd_secret, huge pages, locked pages.
Kind: kernel
Seen: inside, 128 MiB were taken.
Control: not shown, a user's locked memory is bounded by the kernel itself.
Limits: memory_mb=64
"""

import ctypes
import json
import mmap
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
number = libc.syscall(447, 0)
if number >= 0:
    libc.ftruncate(number, 128 << 20)
    memory = mmap.mmap(number, 128 << 20)
    memory[:] = b"x" * (128 << 20)
    print("SUCCEEDED", nonce, flush=True)
for flags in (0x40000, 0x2000):
    memory = mmap.mmap(-1, 128 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | flags)
    memory[::4096] = b"x" * len(memory[::4096])
    print("SUCCEEDED", nonce, flush=True)
