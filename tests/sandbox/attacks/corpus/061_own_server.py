"""Tries: to listen on a port and to be reached there.
Kind: network
Seen: inside, a connection to itself works.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 2)
print("SUCCEEDED", nonce, flush=True)
