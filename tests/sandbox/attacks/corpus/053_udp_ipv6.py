"""Tries: to send a datagram by IPv6.
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
socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"out", ("::1", world["udp6_port"]))
