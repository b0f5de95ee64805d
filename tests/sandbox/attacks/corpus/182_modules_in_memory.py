"""Tries: to leave modules and their settings for the next program.
Kind: state
Seen: the next program sees them.
Control: not shown, a plain child is a fresh process.
"""

import builtins
import decimal
import json
import random
import sys
import types

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
sys.modules["message"] = types.ModuleType(nonce)
builtins.message = nonce
decimal.getcontext().prec = 2
decimal.DefaultContext.prec = 2
random.seed(1)
sys.argv.append(nonce)
sys.path.insert(0, "/tmp")
