"""Tries: to open the kernel's switches for writing.
Kind: writing
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
    "/proc/sys/kernel/core_pattern",
    "/proc/sysrq-trigger",
    "/sys/kernel/uevent_helper",
    "/proc/sys/vm/overcommit_memory",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/pids/cgroup.procs",
):
    try:
        os.open(path, os.O_WRONLY)
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
