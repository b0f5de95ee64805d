"""Tries: to patch what the next program calls: print, json, open, exit, os.write, threads.
Kind: state
Seen: the next program behaves otherwise.
Limits: timeout_s=1
Control: not shown, a plain child is a fresh process.
"""

import atexit
import builtins
import json
import os
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
write = os.write


def forged(*arguments, **options):
    write(1, b"forged\n")


for owner, name in (
    (builtins, "print"),
    (json, "dumps"),
    (os, "write"),
    (os, "_exit"),
    (sys, "exit"),
    (threading, "Thread"),
    (atexit, "register"),
    (builtins, "open"),
    (builtins, "compile"),
    (builtins, "exec"),
    (builtins, "__import__"),
):
    setattr(owner, name, forged)
sys.stdout = sys.stderr = sys.stdin = None
