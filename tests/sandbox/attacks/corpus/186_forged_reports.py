"""Tries: to forge the harness's own report, with every kind, absurd numbers and wrong sizes, and to print after it.
Kind: harness
Seen: the trainer breaks, something runs on, a neighbour or the next program comes out wrong.
Control: not shown, a plain child has only its own streams.
Neighbour: yes
"""

import json
import os
import struct
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
form = struct.Struct("<BiBdI")
reports = [form.pack(kind, -(2**31), 255, float("nan"), 2**32 - 1) for kind in range(6)]
reports += [b"\x00", b"x" * 65535, form.pack(2, 2**31 - 1, 9, 1e308, 0)]
for number in range(3, 64):
    for report in (form.pack(1, 0, 0, 0.0, 0), *reports, form.pack(2, 0, 0, -1.0, 0)):
        try:
            os.write(number, report)
        except OSError:
            break
print("printed after the end")
