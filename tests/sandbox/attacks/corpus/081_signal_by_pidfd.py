"""Tries: to end the sibling through a descriptor of it.
Kind: processes
Seen: the sibling is gone.
Control: shown
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
signal.pidfd_send_signal(os.pidfd_open(world["victim_pid"]), signal.SIGKILL)
