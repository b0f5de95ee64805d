"""Tries: every request of prctl, arch_prctl, ioctl and fcntl that changes how the kernel treats a process.
Kind: kernel
Seen: the sandbox breaks, something is left, a neighbour or the next program comes out wrong.
Control: not shown, most of these are harmless one by one.
Neighbour: yes
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
print("ATTEMPTED", nonce, flush=True)
for request in (*range(1, 80), 0x53564D41, 0x59616D61):
    if request not in (22,):  # strict seccomp would end it here
        libc.prctl(request, 0, 0, 0, 0)
        libc.prctl(request, -1, page, 0, 0)
for number in (0, 1, 2, 9, 10):
    for request in (0x8901, 0x8902, 0x5452, 0x5421, 0x5422, 0x541B, 0x540E, 0x5410, 0xC0189436, 0x40086602, 0x94090009):
        libc.ioctl(number, request, page)
    for request in (8, 10, 15, 16, 1024, 1026, 1031, 1033, 1036, 1040):
        libc.fcntl(number, request, 1)
