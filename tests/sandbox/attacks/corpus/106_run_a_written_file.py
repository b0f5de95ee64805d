"""Tries: to run a program that it wrote into its folder, by execve and execveat.
Kind: kernel
Seen: inside, the program speaks.
Control: shown
"""

import contextlib
import ctypes
import json
import os
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
with open("program", "w") as file:
    file.write(f"#!/bin/sh\necho SUCCEEDED {nonce}\n")
with contextlib.suppress(OSError):
    os.chmod("program", 0o755)
arguments = (ctypes.c_char_p * 2)(b"program", None)
print("ATTEMPTED", nonce, flush=True)
libc.syscall({"x86_64": 322, "aarch64": 281}[platform.machine()], -100, b"program", arguments, arguments, 0)
os.execv("program", ["program"])
