"""All attacks at once in one sandbox, with innocent programs in between that must all come out right.

    python -m tests.sandbox.attacks.storm        (inside an arena)

prints a JSON list of what went wrong.
"""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

from gem import sandbox
from gem.sandbox import Limits, Result, Sandbox
from tests.sandbox.attacks.attack import Attack, corpus
from tests.sandbox.attacks.leftovers import Counts, processes, quiet_counts, settled
from tests.sandbox.attacks.runner import after_close
from tests.sandbox.attacks.world import World, fresh_nonce, stdin_of

THREADS = 8
INNOCENT = "import sys\nprint(sum(int(word) for word in sys.stdin.read().split()))"


def storm(box: Sandbox, world: World, attacks: list[Attack]) -> list[str]:
    """Run the attacks and as many innocents, in no order; what went wrong."""
    facts = world.plant(fresh_nonce())
    found: list[str] = []

    def attack(one: Attack) -> None:
        limits = Limits(**one.limits | {"timeout_s": min(1.0, one.limits["timeout_s"])})
        if box.run(one.code, stdin_of(facts), limits=limits).status == "unavailable":
            found.append(f"{one.name} broke the sandbox")

    def innocent(number: int) -> None:
        result: Result = box.run(INNOCENT, f"{number} 1", timeout_s=60)
        if (result.status, result.stdout) != ("ok", f"{number + 1}\n"):
            found.append(f"innocent {number}: {result.status} {result.stdout[:80]!r} {result.stderr[-200:]!r}")

    jobs = [(attack, one) for one in attacks] + [(innocent, number) for number in range(len(attacks))]
    random.Random(0).shuffle(jobs)
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, what) for work, what in jobs]:  # type: ignore[arg-type]
            if error := done.exception():
                found.append(f"the trainer got {type(error).__name__}: {error}")
    return found + world.damage(facts["nonce"], "") + world.changed_files()


def main() -> None:
    world = World()
    allowed = len(processes())
    box = sandbox.make("zygote")
    for _ in range(THREADS):
        box.run("print(1)")
    before = quiet_counts()
    begun = time.monotonic()
    found = storm(box, world, corpus())
    found += settled(5, lambda: Counts.now().beyond(before))
    found += after_close(box, allowed)
    print(json.dumps({"found": found, "seconds": round(time.monotonic() - begun, 1)}))


if __name__ == "__main__":
    main()
