"""Tries: to read messages that are meant for others, from every socket it finds open.
Kind: harness
Seen: a secret comes out, a neighbour or the next program comes out wrong.
Control: not shown, a plain child has only its own streams.
Neighbour: yes
"""

import json
import os
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 256):
    try:
        os.set_blocking(number, False)
        print(os.read(number, 100_000))
    except OSError:
        pass
    try:
        channel = socket.socket(fileno=number)
        print(socket.recv_fds(channel, 100_000, 10, socket.MSG_DONTWAIT))
    except (OSError, ValueError):
        continue
