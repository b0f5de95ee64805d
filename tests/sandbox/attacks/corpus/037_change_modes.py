"""Tries: to change the mode of the host's files, which Landlock does not govern.
Kind: writing
Seen: the mode is another after the run.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for path in (world["grader"], world["outside"], world["secret_files"]["home"]):
    try:
        os.chmod(path, 0o000)
    except OSError as error:
        print(error)
