"""Small worlds of facts and rules, and statements on them that are true or false, with proofs of a given depth.

    from gem.envs.logic_worlds import draw_world, told

    world = draw_world(rng, depths=(0, 2, 5))
    text = told(world)
    [(statement.truth, statement.depth) for statement in world.statements]

What depth means, `theory` says.
"""

from __future__ import annotations

from gem.envs.logic_worlds.drawing import MOST_DEPTH as MOST_DEPTH
from gem.envs.logic_worlds.drawing import MOST_STATEMENTS as MOST_STATEMENTS
from gem.envs.logic_worlds.drawing import Statement as Statement
from gem.envs.logic_worlds.drawing import World as World
from gem.envs.logic_worlds.drawing import draw_world as draw_world
from gem.envs.logic_worlds.wording import rule_sentence, sentence

CLOSED = (
    "What is neither stated as a fact nor follows by the rules is false. A rule that asks that something is not so, "
    "asks that it is false."
)


def told(world: World) -> str:
    """The facts, the rules and the statements of a world, as numbered where they are to be answered."""
    facts = [sentence(*fact) for fact in world.facts]
    rules = [rule_sentence(world.vocabulary, rule, short=bool(i % 2)) for i, rule in enumerate(world.rules)]
    asked = [
        f"{number}. {sentence(one.entity, one.predicate, one.negated)}"
        for number, one in enumerate(world.statements, start=1)
    ]
    parts = ("Facts:", " ".join(facts), "", "Rules:", *rules, "", CLOSED, "", "Statements:", *asked)
    return "\n".join(parts)
