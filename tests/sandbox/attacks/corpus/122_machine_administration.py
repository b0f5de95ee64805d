"""Tries: quotas, swap, accounting, host names, clocks and a reboot (with a wrong key, so that it could not happen).
Kind: kernel
Seen: inside, the kernel looked at the arguments instead of refusing the call.
Control: not shown, only root administers a machine.
"""

import ctypes
import errno
import json
import platform
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
numbers = {
    "x86_64": {
        "quotactl": 179,
        "swapon": 167,
        "acct": 163,
        "sethostname": 170,
        "clock_settime": 227,
        "reboot": 169,
        "vhangup": 153,
        "settimeofday": 164,
        "adjtimex": 159,
    },
    "aarch64": {
        "quotactl": 60,
        "swapon": 224,
        "acct": 89,
        "sethostname": 161,
        "clock_settime": 112,
        "reboot": 142,
        "vhangup": 58,
        "settimeofday": 170,
        "adjtimex": 171,
    },
}
refusals = (errno.EPERM, errno.ENOSYS, errno.EACCES)
bad = ctypes.create_string_buffer(b"\xff" * 208)
arguments = {
    "quotactl": (0x800002, None, 0, None),
    "swapon": (b"/none", 0),
    "acct": (b"/none",),
    "sethostname": (b"x", -1),
    "clock_settime": (0, bad),
    "reboot": (0, 0, 0, 0),
    "vhangup": (),
    "settimeofday": (bad, None),
    "adjtimex": (bad,),
}
print("ATTEMPTED", nonce, flush=True)
for name, number in numbers[platform.machine()].items():
    result = libc.syscall(number, *arguments[name])
    if result == 0 or ctypes.get_errno() not in refusals:
        print(name, result, ctypes.get_errno())
        print("SUCCEEDED", nonce, flush=True)
