"""Tries: to connect through an event loop.
Kind: network
Seen: the server notes the visit.
Control: shown
"""

import asyncio
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", world["tcp4_port"]), 2))
