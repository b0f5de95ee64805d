"""Tries: to take away everything that the harness needs to end a program.
Kind: harness
Seen: the trainer breaks or waits too long, or the next program comes out wrong.
Control: not shown, a plain child's end needs no help from Python.
Neighbour: yes
"""

import builtins
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
sys.stdout.flush()
os._exit = sys.exit = os.write = os.close = None
sys.modules.clear()
for name in list(vars(builtins)):
    if name != "delattr":
        vars(builtins).pop(name)
