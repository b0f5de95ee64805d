"""Tries: to keep memory in the buffers of pipes and sockets.
Kind: resources
Seen: inside, it holds 48 MiB in pipes that were to be few.
Control: shown
Limits: memory_mb=64 open_files=64
"""

import fcntl
import json
import os
import resource
import sys
from contextlib import suppress

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = 0
while held < 48 << 20:
    _, writer = os.pipe2(os.O_NONBLOCK)
    with suppress(OSError):
        fcntl.fcntl(writer, 1031, 1 << 20)
    try:
        while True:
            held += os.write(writer, bytes(1 << 16))
    except BlockingIOError:
        continue
print("SUCCEEDED", nonce, flush=True)
