"""A sandbox that holds nothing back and leaves something of every kind: does the witness see it all?

    python -m tests.sandbox.attacks.leaky        (inside an arena)

prints the outcome of one harmless attack in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gem.sandbox import Limits, Result, Sandbox, make
from tests.sandbox.attacks.attack import Attack
from tests.sandbox.attacks.runner import Range

MUTE = Attack("mute", "print('nothing')", {"Kind": "state", "Limits": "timeout_s=5 output_kb=1", "Ends": "error"})


class Leaky:
    """Leaves a process, a descriptor, a file and an ipc segment behind, and tells the next program of it."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner
        self._runs = 0
        self.level = inner.level

    def run(self, code: str, stdin: str = "", timeout_s: float | None = None, limits: Limits | None = None) -> Result:
        """Run it, and leave things."""
        self._runs += 1
        if "nothing" not in code:
            return self._inner.run(f"import os; os.environ['RUNS'] = '{self._runs}'\n" + code, stdin, timeout_s, limits)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", stdin])
        os.dup(0)
        Path("/tmp/left").write_text("here")
        subprocess.run(["ipcmk", "-M", "64"], check=True, stdout=subprocess.DEVNULL)
        return Result(status="ok", stdout="x" * 2000, exit_code=0)


def outcome() -> dict[str, Any]:
    """What the witness says of it."""
    leaky: Any = Leaky(make("subprocess", allow_unsafe=True))
    return asdict(Range(leaky, control=False, session=False).attack(MUTE))


if __name__ == "__main__":
    print(json.dumps(outcome()))
