"""Tries: to make sockets of rare families, each a door to old kernel code: vsock, alg, tipc, xdp, can, bluetooth.
Kind: network
Seen: inside, a socket could be made.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for family, kind in ((40, 1), (38, 5), (30, 5), (44, 3), (29, 3), (31, 3), (17, 2), (16, 3), (21, 5), (41, 2)):
    try:
        socket.socket(family, kind)
        print(family)
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(family, error)
