"""Tries: to read secrets by another program, which starts without what Python has patched.
Kind: reading
Seen: a planted secret comes out.
Control: shown
Limits: processes=4
"""

import json
import subprocess
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
code = "import sys\nfor path in sys.argv[1:]:\n    try: print(open(path).read())\n    except OSError as e: print(e)\n"
for program in (sys.executable, "/usr/bin/python3", "/proc/self/exe"):
    try:
        paths = [*world["secret_files"].values(), f"/proc/{world['trainer_pid']}/environ"]
        print(subprocess.run([program, "-c", code, *paths], capture_output=True, check=False))
    except OSError as error:
        print(error)
