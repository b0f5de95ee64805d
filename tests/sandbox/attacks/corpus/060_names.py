"""Tries: to have a name looked up.
Kind: network
Seen: inside, an address comes back.
Control: shown
"""

import json
import socket
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for name in ("localhost", "example.com"):
    try:
        if socket.getaddrinfo(name, 80):
            print("SUCCEEDED", nonce, flush=True)
            break
    except OSError as error:
        print(error)
