"""Every attack of tests/sandbox/attacks against every level of the sandbox, as root and as an ordinary user.

    python benchmarks/sandbox_attacks.py [--rungs full,bwrap] [--uids 0,1001] [--only 03] [--json FILE]

One line per attack: whether a run without protection loses it (the control), and for each level and user whether
it was held: "." held, "LOST", "lost*" if allowed_losses.toml allows it, "refused" if the level gives no program what
it asks for, "mute" if it never came to its hostile act; "+n" things left behind. Ends with 1 if a level lost what it
may not lose.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sandbox.attacks.attack import Attack, corpus
from tests.sandbox.attacks.campaign import RUNGS, NotGiven, allowed_losses, campaign, lost, users

Column = dict[str, dict[str, Any]]


def columns(rungs: list[str], uids: list[int]) -> dict[tuple[str, int], Column]:
    """The outcomes of every level and user that this machine gives; the control as an ordinary user only."""
    found: dict[tuple[str, int], Column] = {}
    for rung in rungs:
        for uid in [uids[-1]] if rung == "control" else uids:
            try:
                found[rung, uid] = campaign(rung, uid)
            except NotGiven as error:
                print(f"{rung}, uid {uid}: not given here: {error}", file=sys.stderr)
    return found


def cell(outcome: dict[str, Any] | None, rung: str, uid: int) -> str:
    """What one attack did to one level."""
    if outcome is None:
        return "-"
    if rung == "control":
        return "succeeds" if lost(outcome) else "FAILS"
    word = "." if outcome["fired"] else "refused" if outcome["refused"] else "mute"
    if lost(outcome):
        word = "lost*" if outcome["name"] in allowed_losses(rung, uid) else "LOST"
    return word + (f" +{len(outcome['leftovers'])}" if outcome["leftovers"] else "")


def report(attacks: list[Attack], found: dict[tuple[str, int], Column]) -> bool:
    """Print the table, what was lost and the sums; whether all is well."""
    heads = [rung if rung == "control" else f"{rung} {'root' if uid == 0 else 'user'}" for rung, uid in found]
    print("| attack | kind | " + " | ".join(heads) + " |")
    print("|---|---|" + "---|" * len(heads))
    for attack in attacks:
        cells = [cell(column.get(attack.name), *key) for key, column in found.items()]
        print(f"| {attack.name} | {attack.kind} | " + " | ".join(cells) + " |")
    well = True
    names = {attack.name for attack in attacks} | {"closed"}
    for key, column in found.items():
        words = [cell(outcome, *key).split()[0] for name, outcome in column.items() if name in names - {"closed"}]
        bad = [word for word in words if word in ("LOST", "mute", "FAILS")]
        left = sum(len(outcome["leftovers"]) for name, outcome in column.items() if name in names)
        control = key[0] == "control"
        good = "succeeds" if control else "."
        print(
            f"\n{key[0]}, uid {key[1]}: {words.count(good)} of {len(words)} {'succeed' if control else 'held'}", end=""
        )
        allowed, refused = words.count("lost*"), words.count("refused")
        print("" if control else f", {allowed} allowed losses, {refused} refused, {left} left behind")
        for name, outcome in column.items():
            if not control and name in names and (lost(outcome) or cell(outcome, *key) == "mute"):
                print(f"    {name}: {'; '.join(lost(outcome)) or 'mute'}"[:300])
        well &= not bad
    return well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rungs", default="control,full,session,no landlock,no namespaces,bwrap")
    parser.add_argument("--uids", default=",".join(map(str, users())))
    parser.add_argument("--only", default="", help="attacks of which the name begins so")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rungs = [rung for rung in options.rungs.split(",") if rung in RUNGS]
    found = columns(rungs, [int(uid) for uid in options.uids.split(",")])
    well = report([attack for attack in corpus() if attack.name.startswith(options.only)], found)
    if options.json:
        rows = [outcome for column in found.values() for outcome in column.values()]
        options.json.write_text(json.dumps(rows, indent=1))
    sys.exit(not well)


if __name__ == "__main__":
    main()
