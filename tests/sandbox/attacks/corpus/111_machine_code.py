"""Tries: to call the kernel by machine code of its own, past libc and all that may be hooked there.
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

machine = b"\xb8\x29\0\0\0\xbf\x02\0\0\0\xbe\x01\0\0\0\x31\xd2\x0f\x05\xc3"
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(machine)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
print("ATTEMPTED", nonce, flush=True)
if call() >= 0:
    print("SUCCEEDED", nonce, flush=True)
