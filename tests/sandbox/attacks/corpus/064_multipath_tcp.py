"""Tries: to connect by a protocol that rules about TCP do not name.
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
channel = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
channel.connect(("127.0.0.1", world["tcp4_port"]))
