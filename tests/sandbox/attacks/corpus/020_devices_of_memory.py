"""Tries: to read the machine's memory, its kernel log and its disks as devices.
Kind: reading
Seen: inside, one of them can be opened.
Control: not shown, only root may open these, and a control run is an ordinary user's.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for path in (
    "/dev/mem",
    "/dev/kmem",
    "/dev/port",
    "/proc/kcore",
    "/dev/vda",
    "/dev/sda",
    "/dev/nvme0n1",
    "/dev/kvm",
    "/dev/fuse",
):
    try:
        print(path, os.open(path, os.O_RDONLY))
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
