"""Tries: to get rid of the system call filter: a filter of its own that permits all, other modes, no_new_privs off.
Kind: kernel
Seen: the server notes the visit that was refused before.
Control: shown
"""

import ctypes
import json
import socket
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
permit = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000))
program = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", 1, ctypes.addressof(permit)))
print("ATTEMPTED", nonce, flush=True)
print(libc.prctl(38, 0, 0, 0, 0), libc.prctl(22, 2, program), libc.prctl(38, 1, 0, 0, 0), libc.prctl(22, 2, program))
socket.create_connection(("127.0.0.1", world["tcp4_port"]), 2)
