"""Tries: to make a node of the disk in its own folder.
Kind: kernel
Seen: inside, the node is there.
Control: not shown, only root makes device nodes.
"""

import json
import os
import stat
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for kind, device in ((stat.S_IFBLK, os.makedev(254, 0)), (stat.S_IFCHR, os.makedev(1, 1))):
    os.mknod("node", kind | 0o600, device)
    print("SUCCEEDED", nonce, flush=True)
    os.open("node", os.O_RDONLY)
