"""Tries: to send descriptors and a huge message to whoever listens on a socket that it finds open.
Kind: harness
Seen: the trainer breaks or keeps descriptors, a neighbour or the next program comes out wrong.
Control: not shown, a plain child has only its own streams.
Neighbour: yes
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 256):
    try:
        channel = socket.socket(fileno=number)
        channel.setblocking(False)
    except (OSError, ValueError):
        continue
    for message in (b"done", b"\xff" * 100_000, b"x" * 10_000_000, b""):
        try:
            socket.send_fds(channel, [message], [0, 1, 2])
        except OSError as error:
            print(error)
    channel.shutdown(socket.SHUT_RDWR)
