"""Tries: to write into memory that it shares with the zygote or its siblings.
Kind: state
Seen: the next program behaves otherwise, or a neighbour comes out wrong.
Control: not shown, a plain child shares no memory.
Neighbour: yes
"""

import ctypes
import gc
import json
import mmap
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for item in gc.get_objects():
    if isinstance(item, mmap.mmap):
        item[:] = b"\xff" * len(item)
try:
    with open("/proc/self/maps") as file:
        for line in file:
            words = line.split()
            if "s" in words[1] and "w" in words[1]:
                start, end = (int(number, 16) for number in words[0].split("-"))
                ctypes.memset(start, 0xFF, end - start)
except OSError as error:
    print(error)
ctypes.memset(id(json), 0xFF, 64)
