"""Tries: to reach the network from a child.
Kind: network
Seen: the server notes the visit.
Control: shown
Limits: processes=4
"""

import json
import os
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
if os.fork() == 0:
    try:
        socket.create_connection(("127.0.0.1", world["tcp4_port"]), 1)
    finally:
        os._exit(0)
os.wait()
