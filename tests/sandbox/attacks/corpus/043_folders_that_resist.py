"""Tries: to leave a folder that cannot be cleaned: no rights, deep, with odd names.
Kind: writing
Seen: files are left after the run.
Control: not shown, whether a plain cleaner fails over it depends on the user.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.makedirs("locked/inner")
with open("locked/inner/file", "w") as file:
    file.write("x")
os.chmod("locked/inner", 0)
os.chmod("locked", 0)
for name in (b"\xff\xfe", b"new\nline", b"-rf", b" ", b"a" * 255):
    with open(name, "w"):
        pass
here = os.getcwd()
for _ in range(400):
    os.mkdir("d" * 60)
    os.chdir("d" * 60)
os.chmod(here, 0)
