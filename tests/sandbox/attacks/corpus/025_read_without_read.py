"""Tries: to get at a secret by mmap, sendfile and copy_file_range instead of read.
Kind: reading
Seen: a planted secret comes out.
Control: shown
"""

import json
import mmap
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
number = os.open(world["secret_files"]["parent"], os.O_RDONLY)
print(mmap.mmap(number, 0, prot=mmap.PROT_READ)[:])
out = os.open("copy", os.O_RDWR | os.O_CREAT)
os.sendfile(out, number, 0, 1000)
print(os.pread(out, 1000, 0))
