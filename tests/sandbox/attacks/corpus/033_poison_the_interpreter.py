"""Tries: to write into every folder that Python imports from, and into the bytecode caches beside.
Kind: writing
Seen: inside, a file could be made.
Control: not shown, an arena's interpreter is read-only for everyone.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
folders = {folder for folder in sys.path if folder and folder != os.getcwd() and not folder.endswith(".zip")}
folders |= {
    os.path.dirname(json.__file__),
    os.path.dirname(sys.executable or "/usr/bin/python3"),
    sys.prefix,
    sys.base_prefix,
}
for folder in folders:
    for name in (f"{nonce}.py", f"__pycache__/{nonce}.pyc"):
        try:
            with open(os.path.join(folder, name), "w") as file:
                file.write("x = 1")
            os.unlink(os.path.join(folder, name))
            print("SUCCEEDED", nonce, flush=True)
        except OSError as error:
            print(error)
