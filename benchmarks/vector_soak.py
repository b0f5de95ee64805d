"""Ten million steps of a cheap env through each executor: do memory, threads and descriptors stay flat?

    python benchmarks/vector_soak.py --out /tmp/soak.json &        # --executors loop,threads --steps N --num-envs N

Prints a line for every tenth of the way, and at the end a verdict for each executor: the second half may need no more
threads, processes and descriptors than the first, and only `SLACK_MB` more memory. The executor `asynchronous` steps
an `AsyncEnv` that does the same, and gets a fifth of the steps; `ray` gets a hundredth.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import gem
from gem.aio import AsyncEnv
from gem.cli.vector_bench.side.gem_side import WorkEnv
from gem.cli.vector_bench.side.spent import descendants
from gem.cli.vector_bench.side.work import Work

SHARES = {"loop": 1.0, "threads": 1.0, "processes": 1.0, "asynchronous": 0.2, "ray": 0.01}
"""Of the steps."""
TENTHS = 10
SLACK_MB = 5.0
SYNC_ID, ASYNC_ID = "bench:soak", "bench:soak-async"


class AsyncWorkEnv(Work, AsyncEnv):
    """The same work for an event loop, to which every step goes back once."""

    def __init__(self, kind, seed=None):
        super().__init__(kind, seed=seed)
        self.step_cost = "awaits"

    async def reset(self, seed=None, **options):
        return Work.reset(self, seed, **options)

    async def step(self, action):
        await asyncio.sleep(0)
        return Work.step(self, action)


@dataclass(frozen=True, slots=True)
class Sample:
    """What this process and those below it hold."""

    steps: int
    steps_per_s: float
    rss_mb: float
    threads: int
    descriptors: int
    processes: int


def sample(steps: int, steps_per_s: float) -> Sample:
    """As of now, with garbage gone."""
    gc.collect()
    pids = [os.getpid(), *descendants()]
    status = [_status(pid) for pid in pids]
    return Sample(
        steps,
        round(steps_per_s),
        round(sum(int(each.get("VmRSS", "0 kB").split()[0]) for each in status) / 1024, 1),
        sum(int(each.get("Threads", "0")) for each in status),
        sum(_descriptors(pid) for pid in pids),
        len(pids),
    )


def soak_once(executor: str) -> None:
    """What is opened once in a process is no leak."""
    with gem.make_vec([ASYNC_ID if executor == "asynchronous" else SYNC_ID], executor=executor) as vec:
        vec.reset(seed=0)


def soak(executor: str, num_envs: int, steps: int) -> list[Sample]:
    """A sample at the start and after each tenth."""
    actions = ["go north"] * num_envs
    env_id = ASYNC_ID if executor == "asynchronous" else SYNC_ID
    with gem.make_vec([env_id] * num_envs, executor=executor) as vec:
        vec.reset(seed=0)
        vec.step(actions)
        samples = [sample(0, 0.0)]
        each = max(1, steps // num_envs // TENTHS)
        for tenth in range(1, TENTHS + 1):
            begun = time.perf_counter()
            for _ in range(each):
                vec.step(actions)
            rate = each * num_envs / (time.perf_counter() - begun)
            samples.append(sample(tenth * each * num_envs, rate))
            print(f"{executor:13} {100 * tenth // TENTHS:3} %  {_line(samples[-1])}", flush=True)
    return samples


def grown(samples: list[Sample]) -> list[str]:
    """What the second half needed more of than the first, in words."""
    middle = TENTHS // 2
    first, second = samples[1 : middle + 1], samples[middle + 1 :]
    found = []
    for name, slack in (("rss_mb", SLACK_MB), ("threads", 0), ("descriptors", 0), ("processes", 0)):
        before, after = (max(getattr(each, name) for each in half) for half in (first, second))
        if after > before + slack:
            found.append(f"{name} grew from {before} to {after}")
    return found


def left_over(before: Sample) -> list[str]:
    """What is still there after the vector was closed; threads and processes have some seconds to end."""
    deadline = time.monotonic() + 10
    while True:
        after = sample(0, 0.0)
        left = [
            name for name in ("threads", "descriptors", "processes") if getattr(after, name) > getattr(before, name)
        ]
        if not left or time.monotonic() > deadline:
            return [f"{name} left: {getattr(before, name)} before, {getattr(after, name)} after" for name in left]
        time.sleep(0.1)


def main() -> int:
    """Soak them one after the other; 1 if anything grew or was left."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--steps", type=int, default=10_000_000)
    options.add_argument("--num-envs", type=int, default=256)
    options.add_argument("--executors", default="loop,threads,processes,asynchronous", help="(default: %(default)s)")
    options.add_argument("--out", type=Path, metavar="PATH", help="also write the samples there")
    chosen = options.parse_args()
    gem.register(SYNC_ID, WorkEnv, kind="cheap")
    gem.register(ASYNC_ID, AsyncWorkEnv, kind="cheap")
    results, wrong = {}, {}
    for executor in chosen.executors.split(","):
        soak_once(executor)
        before = sample(0, 0.0)
        samples = soak(executor, chosen.num_envs, int(chosen.steps * SHARES[executor]))
        wrong[executor] = grown(samples) + left_over(before)
        results[executor] = [asdict(each) for each in samples]
        print(f"{executor:13} {'; '.join(wrong[executor]) or 'flat, and nothing left after close'}", flush=True)
        if chosen.out:
            chosen.out.write_text(json.dumps({"samples": results, "wrong": wrong}, indent=1) + "\n")
    return int(any(wrong.values()))


def _line(found: Sample) -> str:
    held = f"{found.rss_mb:7.1f} MB  {found.threads:3} threads  {found.descriptors:3} descriptors"
    return f"{found.steps:>11,} steps  {found.steps_per_s:>9,.0f} /s  {held}  {found.processes} processes"


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
