"""Tries: never to end, in the arithmetic of large numbers.
Kind: resources
Seen: it is not ended in time.
Control: not shown, such a power needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed error
Limits: timeout_s=0.5
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
print(len(str(7 ** (10**8))))
