"""Tries: to be called when others run: audit hooks, traces, profiles, import hooks, collection callbacks.
Kind: state
Seen: the next program behaves otherwise.
Control: not shown, a plain child is a fresh process.
"""

import gc
import json
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def hook(*arguments):
    raise RuntimeError("hooked")


class Finder:
    def find_spec(self, *arguments):
        raise ImportError("hooked")


print("ATTEMPTED", nonce, flush=True)
gc.callbacks.append(hook)
sys.meta_path.insert(0, Finder())
sys.path_hooks.insert(0, hook)
threading.settrace(hook)
threading.setprofile(hook)
threading.excepthook = sys.excepthook = sys.unraisablehook = hook
sys.addaudithook(hook)
