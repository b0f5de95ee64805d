"""Tries: to be told what happens in the trainer's folder, by inotify.
Kind: kernel
Seen: inside, the watch is there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
number = libc.inotify_init()
print("ATTEMPTED", nonce, flush=True)
for path in (b"/srv/trainer", b"/tmp/notes.txt", b"/home/trainer"):
    if libc.inotify_add_watch(number, path, 0xFFF) >= 0:
        print("SUCCEEDED", nonce, flush=True)
