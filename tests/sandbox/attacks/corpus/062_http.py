"""Tries: to fetch a page with the standard library.
Kind: network
Seen: the server notes the visit.
Control: shown
"""

import json
import sys
import urllib.request

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
urllib.request.urlopen(f"http://127.0.0.1:{world['tcp4_port']}/", timeout=2)
