"""Tries: to import the gym and ask it for what it knows.
Kind: reading
Seen: inside, the import worked.
Control: shown
"""

import json
import os
import sys
from importlib import import_module

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

sys.path.append(os.path.dirname(world["package"]))
for folder in (
    "/work/main/.venv/lib/python3.11/site-packages",
    os.path.dirname(os.path.dirname(json.__file__)) + "/site-packages",
):
    sys.path.append(folder)
print("ATTEMPTED", nonce, flush=True)
if import_module("gem.errors").__file__:
    print("SUCCEEDED", nonce, flush=True)
