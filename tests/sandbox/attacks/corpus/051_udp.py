"""Tries: to send a datagram to a server on the host's loopback.
Kind: network
Seen: the server notes the datagram.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", world["udp4_port"]))
