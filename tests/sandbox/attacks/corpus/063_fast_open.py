"""Tries: to connect by sendto with TCP Fast Open, which rules about connect do not see.
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
socket.socket().sendto(b"out", 0x20000000, ("127.0.0.1", world["tcp4_port"]))
