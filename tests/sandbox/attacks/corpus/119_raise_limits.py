"""Tries: to raise the hard bounds of its resources.
Kind: kernel
Seen: inside, a bound is higher.
Control: not shown, only root raises hard bounds.
"""

import json
import resource
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            try:
                resource.setrlimit(which, (hard + 1, hard + 1))
                print(name)
                print("SUCCEEDED", nonce, flush=True)
            except (OSError, ValueError) as error:
                print(name, error)
