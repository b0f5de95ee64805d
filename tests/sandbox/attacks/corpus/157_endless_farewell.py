"""Tries: never to end, in what runs when a program ends: atexit and finalizers.
Kind: resources
Seen: it is not ended in time.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import atexit
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


@atexit.register
def spin():
    while True:
        pass


class Stubborn:
    def __del__(self):
        spin()


stubborn = Stubborn()
print("ATTEMPTED", nonce, flush=True)
