"""Tries: to run a program that exists only in memory, by memfd_create and fexecve.
Kind: kernel
Seen: inside, the program speaks.
Control: shown
"""

import json
import os
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

text = f"SUCCEEDED {nonce}\n".encode()
code = b"\xb8\x01\0\0\0\xbf\x01\0\0\0\x48\x8d\x35\x10\0\0\0\xba" + struct.pack("<I", len(text))
code += b"\x0f\x05\xb8\x3c\0\0\0\x31\xff\x0f\x05" + text
header = (
    b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
)
segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 120 + len(code), 120 + len(code), 4096)
print("ATTEMPTED", nonce, flush=True)
number = os.memfd_create("program", 0)
os.write(number, header + segment + code)
os.execve(number, ["program"], {})
