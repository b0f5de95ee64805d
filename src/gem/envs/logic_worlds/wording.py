"""The sentences of a world of people or of animals."""

from __future__ import annotations

from typing import NamedTuple

from gem.envs.logic_worlds.theory import IS, Predicate, Premise, Rule


class Vocabulary(NamedTuple):
    """Whom a world is about, and what is said of them."""

    entities: tuple[str, ...]
    attributes: tuple[str, ...]
    verbs: tuple[str, ...]
    """Each takes an s for one who does it."""
    anyone: str
    everyone: str
    pronoun: str
    """Stands for anyone."""
    is_plural: bool
    """Whether the pronoun takes verbs in the plural."""


PEOPLE = Vocabulary(
    entities=("Anne", "Bob", "Carla", "Dave", "Erin", "Fred", "Gina", "Harry", "Ida", "Jonas", "Kim", "Lars"),
    attributes=(
        "big", "blue", "brave", "calm", "clever", "cold", "furry", "gentle", "green", "honest", "kind", "lazy", "loud",
        "nice", "proud", "quiet", "rich", "round", "shy", "smart", "strong", "tall", "white", "young",
    ),
    verbs=("admire", "call", "help", "invite", "know", "like", "meet", "thank", "trust", "visit"),
    anyone="someone",
    everyone="Everyone who",
    pronoun="they",
    is_plural=True,
)  # fmt: skip
ANIMALS = Vocabulary(
    entities=(
        "the bear", "the cat", "the cow", "the dog", "the eagle", "the fox", "the goat", "the lion", "the mouse",
        "the owl", "the rabbit", "the tiger",
    ),
    attributes=PEOPLE.attributes,
    verbs=("chase", "feed", "fear", "follow", "greet", "hear", "like", "need", "see", "visit"),
    anyone="something",
    everyone="Everything that",
    pronoun="it",
    is_plural=False,
)  # fmt: skip
WORLDS = (PEOPLE, ANIMALS)


def clause(subject: str, predicate: Predicate, negated: bool = False, plural: bool = False) -> str:
    """Such as "Bob is big" or "Bob does not like Anne"; with `plural`, "they are big"."""
    return f"{subject} {_said(predicate, negated, plural)}"


def sentence(subject: str, predicate: Predicate, negated: bool = False) -> str:
    """The clause as a sentence."""
    return _sentence(clause(subject, predicate, negated))


def rule_sentence(world: Vocabulary, rule: Rule, short: bool) -> str:
    """A rule; `short` rather says "Everyone who is big is kind", where that is clear."""
    if rule.subject:
        subject, conclusion = rule.subject, clause(rule.subject, rule.head)
    elif any(premise.through for premise in rule.premises):
        subject, conclusion = "X", clause("X", rule.head)
    elif short:
        asked = " and ".join(_said(premise.predicate, premise.negated) for premise in rule.premises)
        return f"{world.everyone} {asked} {_said(rule.head)}."
    else:
        asked = " and ".join(_said(premise.predicate, premise.negated) for premise in rule.premises)
        return f"If {world.anyone} {asked}, then {clause(world.pronoun, rule.head, plural=world.is_plural)}."
    asked = " and ".join(_asked_of(subject, premise) for premise in rule.premises)
    return f"If {asked}, then {conclusion}."


def _asked_of(subject: str, premise: Premise) -> str:
    if not premise.through:
        return clause(subject, premise.predicate, premise.negated)
    return f"{clause(subject, Predicate(premise.through, 'Y'))} and {clause('Y', premise.predicate, premise.negated)}"


def _said(predicate: Predicate, negated: bool = False, plural: bool = False) -> str:
    verb, thing = predicate
    if verb == IS:
        return f"{'are' if plural else 'is'}{' not' if negated else ''} {thing}"
    if negated:
        return f"{'do' if plural else 'does'} not {verb} {thing}"
    return f"{verb}{'' if plural else 's'} {thing}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
