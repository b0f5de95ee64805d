"""Tries: to plant modules and .pth files that the trainer's next interpreter runs.
Kind: writing
Seen: files are there after the run.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for name in ("sitecustomize.py", "evil.pth", "numpy.py", "__pycache__/victim.cpython-311.pyc"):
    path = os.path.join(world["site_packages"], name)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write("import os; os.environ['OWNED'] = '1'\n")
    except OSError as error:
        print(error)
