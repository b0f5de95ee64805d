"""Tries: never to end, in a regular expression.
Kind: resources
Seen: it is not ended in time.
Control: not shown, a pattern of such length needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import re
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
re.match(r"(a|a)*(a|aa)*b", "a" * 64)
