"""Tries: every system call there is, with arguments without sense.
Kind: harness
Seen: the sandbox breaks, something is left, a neighbour or the next program comes out wrong.
Control: not shown, without a filter some of these calls stop the machine.
Limits: timeout_s=1
Neighbour: yes
"""

import ctypes
import json
import random
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
ends = {60, 231, 15, 93, 94, 139, 11, 9, 25, 10, 215, 216, 222, 226}
print("ATTEMPTED", nonce, flush=True)


def call(number, *arguments):
    libc.syscall(number, *arguments)


numbers = [number for number in range(600) if number not in ends]
random.shuffle(numbers)
for number in numbers:
    for arguments in ((0, 0, 0, 0, 0, 0), (1, page, 8, page, page, 0), (-1, -1, -1, -1, -1, -1)):
        thread = threading.Thread(target=call, args=(number, *arguments), daemon=True)
        thread.start()
        thread.join(0.002)
