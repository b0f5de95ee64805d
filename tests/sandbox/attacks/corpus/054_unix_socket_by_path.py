"""Tries: to speak to a daemon of the host by the path of its socket, as to docker's.
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
socket.socket(socket.AF_UNIX).connect(world["unix_path"])
