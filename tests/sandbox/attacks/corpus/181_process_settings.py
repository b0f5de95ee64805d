"""Tries: to leave a working folder, umask, priority, bounds, blocked signals, an affinity for the next program.
Kind: state
Seen: the next program sees them.
Control: not shown, a plain child is a fresh process.
"""

import json
import os
import resource
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.mkdir("deeper")
os.chdir("deeper")
os.umask(0o777)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
sys.setrecursionlimit(50)
for act in (
    lambda: os.nice(10),
    lambda: os.sched_setaffinity(0, {0}),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)),
    lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 1)),
):
    try:
        act()
    except (OSError, ValueError) as error:
        print(error)
