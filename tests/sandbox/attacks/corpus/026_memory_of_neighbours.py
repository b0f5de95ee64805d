"""Tries: to find other programs' data in its own memory, as the zygote may have left it there.
Kind: reading
Seen: a neighbour's secret comes out.
Control: not shown, a plain child is a fresh process and has nothing of others in its memory.
Neighbour: yes
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
reader, writer = os.pipe()
print("ATTEMPTED", nonce, flush=True)
around = {id(object()) >> 22, id(sys) >> 22, id(json) >> 22, id("text") >> 22}
for block in sorted({b + d for b in around for d in (-1, 0, 1)}):
    for page in range(block << 22, (block + 1) << 22, 4096):
        if libc.write(writer, page, 4096) == 4096:  # an unmapped page is an error here and no crash
            data = os.read(reader, 4096)
            at = data.find(b"secret-")
            if at >= 0:
                print(data[at : at + 60])
