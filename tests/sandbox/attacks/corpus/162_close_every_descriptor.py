"""Tries: to close all descriptors, its own streams and those of whoever waits for it.
Kind: harness
Seen: the trainer breaks or waits too long, a neighbour or the next program comes out wrong.
Control: not shown, a plain child that closes its streams harms nobody.
Neighbour: yes
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
sys.stdout.flush()
os.closerange(0, 4096)
