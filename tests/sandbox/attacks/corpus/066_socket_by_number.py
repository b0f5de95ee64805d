"""Tries: to make a socket and connect by system calls of its own, past everything that Python may have patched.
Kind: network
Seen: the server notes the visit.
Control: shown
"""

import ctypes
import json
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
address = struct.pack("=H", 2) + struct.pack(">H", world["tcp4_port"]) + bytes([127, 0, 0, 1]) + bytes(8)
print("ATTEMPTED", nonce, flush=True)
number = libc.socket(2, 1, 0)
print(number, libc.connect(number, address, 16), ctypes.get_errno())
