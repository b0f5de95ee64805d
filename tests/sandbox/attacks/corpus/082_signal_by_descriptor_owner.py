"""Tries: to have the kernel send SIGIO to the sibling, as the owner of a pipe.
Kind: processes
Seen: the sibling is gone.
Control: shown
"""

import fcntl
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

reader, writer = os.pipe()
print("ATTEMPTED", nonce, flush=True)
fcntl.fcntl(reader, fcntl.F_SETOWN, world["victim_pid"])
fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
os.write(writer, b"x")
