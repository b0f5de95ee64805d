"""Tries: to start workers by multiprocessing, in each of its three ways.
Kind: processes
Seen: inside, a worker speaks.
Control: shown
"""

import json
import multiprocessing
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def speak(nonce):
    print("SUCCEEDED", nonce, flush=True)


print("ATTEMPTED", nonce, flush=True)
for way in ("fork", "forkserver"):
    try:
        worker = multiprocessing.get_context(way).Process(target=speak, args=(nonce,))
        worker.start()
        worker.join(2)
    except OSError as error:
        print(error)
