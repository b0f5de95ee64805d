"""Tries: to call the kernel by the 32-bit entry (int 0x80), whose numbers differ, with machine code of its own.
Kind: kernel
Seen: inside, a socket is there.
Control: shown
"""

import ctypes
import json
import mmap
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

machine = b"\x53\xb8\x67\x01\0\0\xbb\x02\0\0\0\xb9\x01\0\0\0\x31\xd2\xcd\x80\x5b\xc3"
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(machine)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
print("ATTEMPTED", nonce, flush=True)
if call() >= 0:
    print("SUCCEEDED", nonce, flush=True)
