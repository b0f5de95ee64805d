"""Tries: to become another program, which loses every guard that lives in the interpreter.
Kind: processes
Seen: inside, the other program speaks.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

code = f"print('SUCCEEDED', '{nonce}')"
print("ATTEMPTED", nonce, flush=True)
for program in (sys.executable, "/usr/bin/python3", "/root/.pyenv/versions/3.11.7/bin/python3.11"):
    try:
        os.execv(program, [program, "-c", code])
    except (OSError, ValueError) as error:
        print(error)
