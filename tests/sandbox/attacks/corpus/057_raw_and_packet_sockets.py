"""Tries: to read the network's raw packets.
Kind: network
Seen: inside, a socket could be made.
Control: not shown, an ordinary user may not make raw sockets.
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for family, kind, protocol in (
    (socket.AF_INET, socket.SOCK_RAW, 1),
    (socket.AF_PACKET, socket.SOCK_RAW, 0x300),
    (socket.AF_INET6, socket.SOCK_RAW, 58),
):
    try:
        socket.socket(family, kind, protocol)
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
