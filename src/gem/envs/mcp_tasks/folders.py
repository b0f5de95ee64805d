"""Tasks over the files server."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from gem.envs.mcp_tasks.task import (
    CITIES,
    PEOPLE,
    PRODUCTS,
    WORDS,
    Call,
    Instance,
    Level,
    Task,
    mixed,
    number,
    pick,
    some,
)
from gem.mcp.servers import Tree


def rename(rng: np.random.Generator, level: Level) -> Instance:
    """Bring the names of files into a style; on hard with a date that stands in the file."""
    dated = level == "hard"
    folder, aside = some(rng, ("inbox", "papers", "scans", "letters"), 2)
    stems = mixed(rng, [(first, second) for first in some(rng, WORDS, 5) for second in ("plan", "report")])
    files: dict[str, str] = {}
    goal: dict[str, str] = {}
    moves: list[tuple[str, str]] = []
    for index, stem in enumerate(stems[: 8 if dated else 5]):
        date = f"2026-{number(rng, 1, 12):02}-{number(rng, 1, 28):02}"
        text = f"Date: {date}\n{pick(rng, PEOPLE)} wrote this on {pick(rng, PRODUCTS)}.\n"
        right = f"{folder}/{f'{date}-' if dated else ''}{'-'.join(stem)}.txt"
        found = right if index == 0 else f"{folder}/{_untidy(rng, stem)}"  # one is right from the start
        files[found] = goal[right] = text
        if found != right:
            moves.append((found, right))
    for stem in stems[8:]:
        other = f"{aside}/{_untidy(rng, stem)}"
        files[other] = goal[other] = "Leave me.\n"
    in_front = (
        ". In front of the name goes the date that stands in the first line of the file, as in 2026-03-01-old-plan.txt."
        if dated
        else ", as in old-plan.txt."
    )
    text = (
        f"Rename the files in the folder {folder} that are not named in our style. The style: the words of the present "
        f"name in lower case, joined by single hyphens, and the ending .txt{in_front} Other folders stay as they are."
    )
    looks = [Call("list_directory", {"path": folder})]
    if dated:
        looks += [Call("read_file", {"path": path}) for path in sorted(path for path, _ in moves)]
    plan = [Call("move_file", {"source": old, "destination": new}) for old, new in sorted(moves)]
    return Instance(text, Tree(dict(mixed(rng, list(files.items())))), Tree(goal), looks + plan)


def _untidy(rng: np.random.Generator, stem: tuple[str, str]) -> str:
    """A file's name of these words that is in no style."""
    first, second = stem
    forms = (
        f"{first.title()} {second}.TXT",
        f"{first}_{second}.txt",
        f"{first.upper()}-{second.upper()}.txt",
        f"{first} {second.title()}.Txt",
        f"{first.title()}__{second.title()}.txt",
    )
    return pick(rng, forms)


def mend_setting(rng: np.random.Generator, level: Level) -> Instance:
    """Change one setting in the files where it has its old value, and nowhere else."""
    old, new = (f"{word}.example" for word in some(rng, WORDS, 2))
    key, other_key = some(rng, ("db_host", "cache_host", "mail_host", "queue_host"), 2)
    services = some(rng, WORDS, 9 if level == "hard" else 5)
    files: dict[str, str] = {}
    goal: dict[str, str] = {}
    edits: list[Call] = []
    for index, service in enumerate(services):
        path = f"services/{service}/settings.ini"
        lines = [f"name = {service}", f"port = {number(rng, 1024, 9999)}", f"{other_key} = {pick(rng, (old, new))}"]
        is_old = index < 2 or bool(rng.integers(2))
        line = f"{key} = {old if is_old else pick(rng, (new, f'old-{old}'))}"
        lines.insert(number(rng, 1, 3), line)
        if rng.integers(2):
            lines.insert(0, f"# {key} was {old} before the move")
        files[path] = goal[path] = "\n".join(lines) + "\n"
        if is_old:
            goal[path] = "\n".join(f"{key} = {new}" if one == line else one for one in lines) + "\n"
            edits.append(Call("edit_file", {"path": path, "old_text": f"\n{line}", "new_text": f"\n{key} = {new}"}))
    files["README.txt"] = goal["README.txt"] = f"{key} = {old}\nThis is an example and no setting.\n"
    text = (
        f"A host has moved. In every settings.ini below the folder services in which {key} is {old}, set {key} to "
        f"{new}. Change no other line, comments included, and no other file."
    )
    look = Call("search_files", {"pattern": "services/*/settings.ini", "text": f"{key} = {old}"})
    edits.sort(key=lambda call: call.arguments["path"])
    return Instance(text, Tree(dict(mixed(rng, list(files.items())))), Tree(goal), [look, *edits])


def add_up_reports(rng: np.random.Generator, level: Level) -> Instance:
    """Write one table of sums over several tables."""
    hard = level == "hard"
    cities, products = some(rng, CITIES, 5 if hard else 3), some(rng, PRODUCTS, 6 if hard else 4)
    files: dict[str, str] = {}
    sums: Counter[str] = Counter()
    for city in cities:
        lines = ["product,units,state"] if hard else ["product,units"]
        for product in some(rng, products, number(rng, 2, len(products))):
            units, void = number(rng, 1, 60), hard and number(rng, 1, 4) == 1
            state = (",void" if void else ",paid") if hard else ""
            lines.append(f"{product},{units}{state}")
            if not void:
                sums[product] += units
        files[f"sales/{city.lower()}.csv"] = "\n".join(lines) + "\n"
    files["sales/notes.txt"] = f"{pick(rng, PEOPLE)} sent the tables.\n"
    report = "\n".join(["product,units", *(f"{product},{sums[product]}" for product in sorted(sums))]) + "\n"
    text = (
        "Each .csv file in the folder sales holds what one town sold. Write the file total.csv, at the top, with the "
        "header product,units and below it a line for each product with its units added up over all towns, sorted by "
        "product."
    )
    if hard:
        text += " Lines that are void do not count; a product that only has such lines is left out."
    looks = [
        Call("list_directory", {"path": "sales"}),
        *(Call("read_file", {"path": path}) for path in sorted(files) if path.endswith("csv")),
    ]
    write = Call("write_file", {"path": "total.csv", "content": report})
    return Instance(text, Tree(files), Tree({**files, "total.csv": report}), [*looks, write])


def delete_duplicates(rng: np.random.Generator, level: Level) -> Instance:
    """Of files with the same content keep the first by path."""
    count = 6 if level == "hard" else 3
    texts = [
        f"{pick(rng, PEOPLE)} counted {number(rng, 100, 999)} {product}.\n" for product in some(rng, PRODUCTS, count)
    ]
    copies: defaultdict[str, list[str]] = defaultdict(list)
    names = iter(mixed(rng, [f"notes/{place}/{word}.txt" for place in ("a", "b", "c") for word in some(rng, WORDS, 8)]))
    for index, text in enumerate(texts):
        for _ in range(2 if index == 0 else number(rng, 1, 3)):
            copies[text].append(next(names))
    near = texts[0].replace("counted", "sold")
    copies[near].append(next(names))
    files = {path: text for text, paths in copies.items() for path in paths}
    goal = {min(paths): text for text, paths in copies.items()}
    text = (
        "Some files below the folder notes hold the same text. Of all files with the same text keep the one whose path "
        "comes first in alphabetical order, and delete the others."
    )
    looks = [Call("list_directory", {"path": "notes", "recursive": True})]
    looks += [Call("read_file", {"path": path}) for path in sorted(files)]
    plan = [Call("delete_file", {"path": path}) for path in sorted(files.keys() - goal.keys())]
    return Instance(text, Tree(dict(mixed(rng, list(files.items())))), Tree(goal), looks + plan)


TASKS: dict[str, Task] = {
    "rename": rename,
    "mend_setting": mend_setting,
    "add_up_reports": add_up_reports,
    "delete_duplicates": delete_duplicates,
}
