"""Tries: to confuse the harness by an exit code that is no code and an exception that lies about itself.
Kind: harness
Seen: the trainer breaks or waits too long.
Control: not shown, a plain interpreter ends in an error of its own.
Ends: error killed timeout
Limits: timeout_s=0.6
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


class Code(SystemExit):
    @property
    def code(self):
        raise RuntimeError("no code")

    def __str__(self):
        while self:
            pass
        return ""

    __repr__ = __str__


print("ATTEMPTED", nonce, flush=True)
raise Code(Code())
