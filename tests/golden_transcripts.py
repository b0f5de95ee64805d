"""Readable episodes, one file an id and seed, so that a change of wording or rules shows in a diff.

    python -m tests.golden_transcripts            # write all of them anew
    python -m tests.golden_transcripts Sudoku     # those whose id contains a word

An episode is played by the expert, who errs a third of the time and ends with a reply that is no move.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gem
from gem.messages import readable
from gem.seeding import derive, generator

GOLDEN = Path(__file__).parent / "golden"
SEED = 7
MAX_TURNS = 6
"""Long enough to see each kind of answer, short enough to be read."""
FAMILIES = ("game:", "gymnasium:", "tool:")
"""Families whose text is ours; those of rg and textarena come from their packages."""


def golden_ids() -> list[str]:
    """The ids that have a transcript."""
    return [spec.id for spec in gem.specs() if spec.id.startswith(FAMILIES)]


def path_of(env_id: str, seed: int = SEED) -> Path:
    """Where the transcript of an id lies."""
    family, _, name = env_id.partition(":")
    return GOLDEN / family / f"{name.replace('/', '_')}.seed{seed}.txt"


def transcript(env_id: str, seed: int = SEED) -> str:
    """One episode as text: what was shown, what was answered, what it earned."""
    rng = generator(derive(seed, "golden"))
    with gem.make(env_id) as env:
        obs, info = env.reset(seed=seed)
        lines = [f"=== {env_id}, seed {seed}", readable(obs).rstrip("\n")]
        for turn in range(MAX_TURNS):
            action = _action(env, rng, last=turn == MAX_TURNS - 1)
            obs, reward, terminated, truncated, info = env.step(action)
            ending = " terminated" * terminated + " truncated" * truncated
            lines += [f">>> {action}", f"<<< reward {reward:.4g}{ending}", readable(obs).rstrip("\n")]
            if terminated or truncated:
                lines.append(f"=== success {info['success']}")
                break
    return "\n".join(lines) + "\n"


def _action(env, rng, last: bool) -> str:
    if last:
        return "I give up."
    expert = getattr(env, "solve", None)
    return expert() if expert is not None and rng.random() < 0.67 else env.sample_random_action(rng)


def main(words: list[str]) -> None:
    """Write the transcripts of the ids that contain every word; without words, remove those of ids that are gone."""
    ids = [env_id for env_id in golden_ids() if all(word in env_id for word in words)]
    if not words:
        for stale in set(GOLDEN.rglob("*.txt")) - set(map(path_of, ids)):
            stale.unlink()
    for env_id in ids:
        path = path_of(env_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(transcript(env_id), encoding="utf-8")
    print(f"{len(ids)} transcripts in {GOLDEN}")


if __name__ == "__main__":
    main(sys.argv[1:])
