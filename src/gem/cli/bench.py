"""`gem-gym bench ID`: how fast an env steps and resets, with random actions, on this machine.

`gem-gym bench scores` measures what random, junk, constant and expert players earn on every id (`bench_scores`),
`gem-gym bench vector` how our vectors compare with those of other gyms (`bench_vector`), `gem-gym bench sandbox`
how our sandbox compares with the released GEM's and with a bare interpreter (`bench_sandbox`), `gem-gym bench tools`
whether the toy tasks for tools pay what they promise (`bench_tools`), `gem-gym bench baselines` what RL makes of the
tiny model on each baseline env (`bench_baselines`), `gem-gym bench algorithms` which algorithm does so best
(`bench_algorithms`).
"""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import Any, NamedTuple

from gem.cli import bench_algorithms, bench_baselines, bench_sandbox, bench_scores, bench_tools, bench_vector
from gem.core import Env
from gem.errors import ConfigError
from gem.registry import make, make_vec
from gem.seeding import generator

HELP = "measure speed, or what simple players earn"
SCORES, VECTOR, SANDBOX, TOOLS = "scores", "vector", "sandbox", "tools"
BASELINES, ALGORITHMS = "baselines", "algorithms"
SPEED_EPISODES = 200


class Timing(NamedTuple):
    """Time spent in one kind of call."""

    calls: int
    seconds: float

    def __str__(self) -> str:
        if not self.calls:
            return "never called"
        each_us = 1e6 * self.seconds / self.calls
        return f"{1e6 / each_us:12,.0f} /s {each_us:10.1f} µs each {self.calls:10,} calls"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The env, and how much of it."""
    parser.add_argument(
        "id",
        metavar="ID",
        help=f"an id that `gem-gym list` shows, or {SCORES}, {VECTOR}, {SANDBOX}, {TOOLS}, {BASELINES} or {ALGORITHMS}",
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help=f"{SCORES}, {BASELINES}, {ALGORITHMS}: only of ids that contain every WORD",
    )
    parser.add_argument(
        "--episodes", type=int, metavar="N", help=f"episodes to play (default: {SPEED_EPISODES}; {SCORES}: 500)"
    )
    parser.add_argument(
        "--num-envs", type=int, default=1, metavar="N", help="envs side by side, as a vector (default: 1)"
    )
    parser.add_argument("--executor", default="auto", metavar="NAME", help="how a vector runs its envs (default: auto)")
    parser.add_argument("--seed", type=int, default=0, help="of the instances and the actions (default: 0)")
    bench_scores.add_arguments(parser)
    bench_vector.add_arguments(parser)
    bench_sandbox.add_arguments(parser)
    bench_tools.add_arguments(parser)
    bench_baselines.add_arguments(parser)
    bench_algorithms.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and print; the drawing of actions is not counted."""
    if args.id == SCORES:
        return bench_scores.run(args)
    if args.id == VECTOR:
        return bench_vector.run(args)
    if args.id == SANDBOX:
        return bench_sandbox.run(args)
    if args.id == TOOLS:
        return bench_tools.run(args)
    if args.id == BASELINES:
        return bench_baselines.run(args)
    if args.id == ALGORITHMS:
        return bench_algorithms.run(args)
    args.episodes = SPEED_EPISODES if args.episodes is None else args.episodes
    if args.words:
        raise ConfigError(f"bench takes one id; {args.words[0]!r} is one too many")
    if args.episodes < 1 or args.num_envs < 1:
        raise ConfigError("--episodes and --num-envs are at least 1")
    if args.num_envs == 1 and args.executor == "auto":
        steps, resets = measure(make(args.id), args.episodes, args.seed)
        print(f"step  {steps}\nreset {resets}")
    else:
        steps = measure_vector(args.id, args.num_envs, args.episodes, args.seed, args.executor)
        print(f"step  {steps}, of one env among {args.num_envs}; resets of ended episodes included")
    return 0


def measure(env: Env[Any, Any], episodes: int, seed: int) -> tuple[Timing, Timing]:
    """Play episodes with random actions: the time in `step`, and that in `reset`."""
    rng, n_steps, step_s, reset_s = generator(seed), 0, 0.0, 0.0
    for episode in range(episodes):
        begun = perf_counter()
        env.reset(seed=seed + episode)
        reset_s += perf_counter() - begun
        done = False
        while not done:
            action = env.sample_random_action(rng)
            begun = perf_counter()
            result = env.step(action)
            step_s += perf_counter() - begun
            n_steps, done = n_steps + 1, result[2] or result[3]
    return Timing(n_steps, step_s), Timing(episodes, reset_s)


def measure_vector(env_id: str, num_envs: int, episodes: int, seed: int, executor: str = "auto") -> Timing:
    """Step a vectorised env with random actions until `episodes` have ended."""
    rng, ended, n_steps, step_s = generator(seed), 0, 0, 0.0
    with make_vec([env_id] * num_envs, seed=seed, executor=executor) as vec:
        vec.reset(seed=seed)
        players = vec.envs if isinstance(vec.envs[0], Env) else [_player(env_id, seed)] * num_envs
        while ended < episodes:
            actions = [env.sample_random_action(rng) for env in players]
            begun = perf_counter()
            _, _, terminated, truncated, _ = vec.step(actions)
            step_s += perf_counter() - begun
            n_steps, ended = n_steps + num_envs, ended + int((terminated | truncated).sum())
    return Timing(n_steps, step_s)


def _player(env_id: str, seed: int) -> Env[Any, Any]:
    """An env to draw actions from: asking those of a vector that live elsewhere takes a message for each."""
    env = make(env_id)
    env.reset(seed=seed)
    return env
