"""Tries: never to end, waiting for input that does not come.
Kind: resources
Seen: it is not ended in time.
Control: not shown, a pipe without a writer needs no proof; that its time limit ended it shows that it waited.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

reader, writer = os.pipe()
sys.stdin.read()
print("ATTEMPTED", nonce, flush=True)
os.read(reader, 1)
