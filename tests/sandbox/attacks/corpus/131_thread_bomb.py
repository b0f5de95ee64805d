"""Tries: to fill the machine with threads that never end.
Kind: resources
Seen: it is not ended, or threads are there after the run.
Control: not shown, threads are free; that its time limit or a bound ended it shows that it ran on.
Ends: timeout killed error
Limits: timeout_s=1
"""

import json
import sys
import threading
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def spin():
    while True:
        time.sleep(0.5)


print("ATTEMPTED", nonce, flush=True)
try:
    for _ in range(2000):
        threading.Thread(target=spin).start()
except (RuntimeError, MemoryError) as error:
    print(error)
while True:
    time.sleep(1)
