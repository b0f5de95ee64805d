"""Tries: to start programs in the ways that people know.
Kind: processes
Seen: inside, they speak.
Control: shown
"""

import json
import os
import subprocess
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
word = f"SUCCEEDED {nonce}"
for act in (
    lambda: os.system(f"echo {word}"),
    lambda: print(os.popen(f"echo {word}").read()),
    lambda: print(subprocess.run(["echo", word], capture_output=True, check=False).stdout),
):
    try:
        act()
    except OSError as error:
        print(error)
