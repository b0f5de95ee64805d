"""Tasks over the kv server."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from gem.envs.mcp_tasks.task import PEOPLE, PRODUCTS, WORDS, Call, Instance, Level, Task, mixed, number, pick, some
from gem.mcp.servers import Store


def rebuild_index(rng: np.random.Generator, level: Level) -> Instance:
    """Bring the lists of notes by tag up to date."""
    n_notes, tags = (14, some(rng, WORDS, 6)) if level == "hard" else (6, some(rng, WORDS, 3))
    numbers = sorted(some(rng, range(100, 1000), n_notes))
    notes: dict[str, str] = {}
    index: defaultdict[str, list[str]] = defaultdict(list)
    for place, note in enumerate(numbers):
        its = sorted({tags[place % len(tags)], *some(rng, tags, number(rng, 0, 2))})
        notes[f"note/{note}"] = f"{pick(rng, PEOPLE)} on {pick(rng, PRODUCTS)}. #{' #'.join(its)}"
        for tag in its:
            index[tag].append(f"note/{note}")
    right = {f"tag/{tag}": ", ".join(keys) for tag, keys in index.items()}
    stale = dict(right)
    for tag in some(rng, sorted(index), len(tags) // 2):  # a list that is not there yet, or lacks its last note
        if len(index[tag]) > 1 and rng.integers(2):
            stale[f"tag/{tag}"] = ", ".join(index[tag][:-1])
        else:
            del stale[f"tag/{tag}"]
    gone = f"tag/{pick(rng, [word for word in WORDS if word not in tags])}"
    stale[gone] = f"note/{numbers[0]}"
    text = (
        "Notes are stored under keys note/…, and their texts hold tags such as #blue. For each tag there is to be a "
        "key tag/… (tag/blue) that lists the keys of all notes with this tag, in order and parted by a comma and a "
        "space: note/103, note/250. These lists are out of date: set right those that are wrong, add those that are "
        "missing, and delete those of tags that no note has. Leave the notes as they are."
    )
    plan = [Call("search", {"text": "#", "prefix": "note/"}), Call("search", {"text": "", "prefix": "tag/"})]
    plan += [Call("put", {"key": key, "value": right[key]}) for key in sorted(right) if stale.get(key) != right[key]]
    plan.append(Call("delete", {"key": gone}))
    return Instance(text, _store(rng, {**notes, **stale}), Store({**notes, **right}), plan)


def follow_references(rng: np.random.Generator, level: Level) -> Instance:
    """Go from note to note to a word, and write it down."""
    length = number(rng, 6, 9) if level == "hard" else number(rng, 3, 4)
    keys = [f"clue/{word}{number(rng, 10, 99)}" for word in some(rng, WORDS, 2 * length)]
    path, others = keys[:length], keys[length:]
    codes = [str(code) for code in some(rng, range(1000, 10_000), 2)]
    values: dict[str, str] = {}
    for way, code in ((path, codes[0]), (others, codes[1])):
        for here, there in pairwise(way):
            values[here] = _sends_on(rng, there, pick(rng, others), level)
        values[way[-1]] = f"This is the end. The code is {code}."
    values["door/front"] = "The code of this door is not known yet."
    text = (
        f"Begin at the key {path[0]}: each text names the key at which to go on, until one tells a code. Store the "
        "code alone, four digits, under the key answer. Change nothing else."
    )
    plan = [*(Call("get", {"key": key}) for key in path), Call("put", {"key": "answer", "value": codes[0]})]
    return Instance(text, _store(rng, values), Store({**values, "answer": codes[0]}), plan)


def _sends_on(rng: np.random.Generator, there: str, astray: str, level: Level) -> str:
    if level == "easy":
        return f"Go on at {there}."
    one, other = number(rng, 10, 99), number(rng, 10, 99)
    ways = (there, astray) if one > other else (astray, there)
    return f"If {one} is more than {other}, go on at {ways[0]}, else at {ways[1]}."


def file_finished(rng: np.random.Generator, level: Level) -> Instance:
    """Move finished tasks to the archive, and count."""
    count = 14 if level == "hard" else 6
    values: dict[str, str] = {}
    goal: dict[str, str] = {}
    finished: list[str] = []
    owner = pick(rng, PEOPLE)
    for place, word in enumerate(some(rng, WORDS, count)):
        person = owner if place < 2 else pick(rng, (owner, *PEOPLE))
        done = place == 0 or (place > 1 and bool(rng.integers(2)))
        text = f"{person} is to look at the {pick(rng, PRODUCTS)}. State: {'done' if done else 'open'}."
        values[f"task/{word}"] = text
        files_it = done and (level == "easy" or person == owner)
        goal[f"{'archive' if files_it else 'task'}/{word}"] = text
        finished += [word] if files_it else []
    old = {
        f"archive/{pick(rng, PEOPLE)}-{n}": "Somebody did this long ago. State: done." for n in range(number(rng, 1, 4))
    }
    whose = "" if level == "easy" else f" of {owner}"
    text = (
        "Tasks are stored under keys task/…, and their texts tell who does them and their state. Rename each "
        f"task{whose} whose state is done from task/… to archive/…, and then store under the key stats/archived how "
        "many keys begin with archive/, and under stats/left how many begin with task/, each a plain number. "
        "Change nothing else."
    )
    archived, left = str(len(old) + len(finished)), str(count - len(finished))
    plan = [Call("search", {"text": "", "prefix": "task/"}), Call("list_keys", {"prefix": "archive/"})]
    plan += [Call("rename", {"key": f"task/{word}", "new_key": f"archive/{word}"}) for word in sorted(finished)]
    plan.append(Call("put", {"key": "stats/archived", "value": archived}))
    plan.append(Call("put", {"key": "stats/left", "value": left}))
    begin = {**values, **old, "stats/left": str(count)}
    return Instance(
        text, _store(rng, begin), Store({**goal, **old, "stats/archived": archived, "stats/left": left}), plan
    )


def _store(rng: np.random.Generator, values: dict[str, str]) -> Store:
    return Store(dict(mixed(rng, list(values.items()))))


TASKS: dict[str, Task] = {
    "rebuild_index": rebuild_index,
    "follow_references": follow_references,
    "file_finished": file_finished,
}
