"""Tries: to break whoever decodes its output.
Kind: harness
Seen: the trainer breaks.
Control: not shown, the plain backend decodes with replacement too.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
sys.stdout.flush()
for number in (1, 2):
    os.write(number, bytes(range(256)) * 100 + b"\xed\xa0\x80\xf5\xff\xfe\0" + b"\xf0\x9f")
sys.stdout.reconfigure(errors="surrogatepass")
print("\ud800\udfff\x00\x1b[2J")
