"""Does an env keep the promises of `gem.core`? For our envs and for anybody's own.

    from gem.checking import check_env

    print(check_env("game:GuessTheNumber-v0-easy"))   # an id, a class, a function that builds the env, or an env
    check_env(MyEnv, skip=["oracle_wins"])

It plays the env; it does not judge its difficulty, its speed or its prose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from gem.checking.junk import JUNK as JUNK
from gem.checking.junk import LONG_JUNK as LONG_JUNK
from gem.checking.promises import PROMISES as PROMISES
from gem.checking.promises import Promise
from gem.checking.report import Report as Report
from gem.checking.report import Verdict as Verdict
from gem.checking.subject import Breach, NotChecked, Subject
from gem.core import Env
from gem.errors import ConfigError

SEEDS = (0, 1, 2)


def check_env(
    env: str | Env[Any, Any] | Callable[[], Env[Any, Any]],
    *,
    seeds: Sequence[int] = SEEDS,
    max_steps: int = 40,
    skip: Collection[str] = (),
) -> Report:
    """Play `env` on each seed and check every promise in `PROMISES` but those named in `skip`.

    Returns the report if all are kept, else raises `CheckFailed`, which names each broken promise,
    what was seen, and the seed and actions that show it again. Promises that an env can't be held
    to (no solver, a world that cannot be copied) are reported as not checked, with the reason.
    `max_steps` bounds the recorded episodes; the expert always plays to the end.
    """
    report = Report(label_of(env), tuple(verdicts(env, seeds=seeds, max_steps=max_steps, skip=skip)))
    report.raise_if_broken()
    return report


def verdicts(
    env: str | Env[Any, Any] | Callable[[], Env[Any, Any]],
    *,
    seeds: Sequence[int] = SEEDS,
    max_steps: int = 40,
    skip: Collection[str] = (),
) -> Iterator[Verdict]:
    """One verdict for each promise, as it is reached; never raises for what the env does."""
    unknown = set(skip) - PROMISES.keys()
    if unknown:
        raise ConfigError(f"no promise is called {sorted(unknown)}; there are {sorted(PROMISES)}")
    if not seeds:
        raise ConfigError("check_env needs at least one seed")
    subject = Subject(env, tuple(seeds), max_steps)
    for name, promise in PROMISES.items():
        yield Verdict(name, None, "left out by the caller") if name in skip else _judge(name, promise, subject)


def label_of(env: object) -> str:
    """What reports call the thing that is checked."""
    return env if isinstance(env, str) else str(getattr(env, "__qualname__", type(env).__qualname__))


def _judge(name: str, promise: Promise, subject: Subject) -> Verdict:
    try:
        return Verdict(name, True, promise(subject) or "")
    except NotChecked as reason:
        return Verdict(name, None, str(reason))
    except Breach as breach:
        return Verdict(name, False, str(breach))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's env raises is a finding about it
        return Verdict(name, False, f"raised {type(error).__name__}: {error}")
