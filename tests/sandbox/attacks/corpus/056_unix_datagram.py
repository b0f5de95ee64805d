"""Tries: to send a datagram over a unix socket that it bound itself.
Kind: network
Seen: inside, the datagram went from one name to the other.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
first, second = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
first.bind("\0" + nonce)
second.sendto(b"x", "\0" + nonce)
if first.recv(1) == b"x":
    print("SUCCEEDED", nonce, flush=True)
