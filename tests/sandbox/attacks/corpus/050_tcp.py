"""Tries: to connect to a server on the host's loopback.
Kind: network
Seen: the server notes the visit.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
socket.create_connection(("127.0.0.1", world["tcp4_port"]), 2)
