"""Tries: to forge results by writing to every descriptor that it finds open.
Kind: harness
Seen: the trainer breaks, a neighbour or the next program comes out wrong.
Control: not shown, a plain child has only its own streams.
Neighbour: yes
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 1024):
    for text in (b"\x01\0\0\0\0\0\0\0", b'{"status": "ok", "exit_code": 0, "stdout": "42"}\n', b"done", bytes(4096)):
        try:
            os.write(number, text)
        except OSError:
            continue
