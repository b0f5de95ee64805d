"""Tries: to ask the kernel for the host's network interfaces.
Kind: network
Seen: inside, the kernel answers.
Control: shown
"""

import json
import socket
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
channel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
channel.send(struct.pack("=IHHIIBxHiII", 32, 18, 0x301, 1, 0, 0, 0, 0, 0, 0))
if channel.recv(4096):
    print("SUCCEEDED", nonce, flush=True)
