"""Tries: to start a shell by posix_spawn.
Kind: processes
Seen: inside, the shell speaks.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for shell in ("/bin/sh", "/bin/bash", "/usr/bin/env"):
    try:
        os.waitpid(os.posix_spawn(shell, [shell, "-c", f"echo SUCCEEDED {nonce}"], os.environ), 0)
    except OSError as error:
        print(error)
