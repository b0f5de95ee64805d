"""Facts, rules and what follows from them, with the depth of the shortest proof or refutation. Draws and words nothing.

What is neither a fact nor follows is false (negation as failure). Depth counts the rules that stand on each other:

- a fact has depth 0, and so has what is no fact and what no rule could conclude;
- a rule takes one step more than its premises: all of them where they hold, the easiest to refute where one fails;
- what some rule concludes is as deep as the easiest such rule; to refute it, every rule must fail, the hardest too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

IS = "be"
"""The verb of attributes; all other verbs are relations to somebody."""

Finding = int
"""depth + 1 of what holds, -(depth + 1) of what does not: the finding on its negation is the negative."""


class Predicate(NamedTuple):
    """What can be said of somebody: to be big, to like Bob."""

    verb: str
    thing: str


class Premise(NamedTuple):
    """What a rule asks of somebody; or, with `through`, of anyone to whom that verb leads from there."""

    predicate: Predicate
    negated: bool = False
    through: str = ""


class Rule(NamedTuple):
    """If all premises hold of somebody, so does the head."""

    premises: tuple[Premise, ...]
    head: Predicate
    subject: str = ""
    """Of whom alone the rule speaks; "" for everybody."""


def proven(depth: int) -> Finding:
    """It holds, by a proof of that depth."""
    return depth + 1


def refuted(depth: int) -> Finding:
    """It does not hold, by a refutation of that depth."""
    return -depth - 1


def every(findings: Iterable[Finding]) -> Finding:
    """Whether all of them hold; the easiest that fails is enough to know that they do not."""
    findings = tuple(findings)
    failing = [finding for finding in findings if finding < 0]
    return max(failing or findings)


def some(findings: Iterable[Finding]) -> Finding:
    """Whether any of them holds; where there is none, nothing has to be looked at to know that none does."""
    findings = tuple(findings)
    holding = [finding for finding in findings if finding > 0]
    return min(holding or findings, default=refuted(0))


def one_step_more(finding: Finding) -> Finding:
    """The same by a longer proof."""
    return finding + 1 if finding > 0 else finding - 1


class Findings:
    """What is known of everybody. Predicates are learnt in an order in which rules look only at what is known."""

    def __init__(self, entities: Sequence[str], facts: Iterable[tuple[str, Predicate]]) -> None:
        self.entities = entities
        self.facts = frozenset(facts)
        self._known: dict[Predicate, list[Finding]] = {}

    def on(self, predicate: Predicate) -> list[Finding]:
        """What is known of each entity."""
        if predicate not in self._known:
            told = ((entity, predicate) in self.facts for entity in self.entities)
            self._known[predicate] = [proven(0) if is_fact else refuted(0) for is_fact in told]
        return self._known[predicate]

    def by(self, rules: Iterable[Rule]) -> list[Finding]:
        """What all the rules for one head say of each entity; it isn't learnt by that."""
        said: list[list[Finding]] = [[] for _ in self.entities]
        for rule in rules:
            met = zip(*map(self._met, rule.premises), strict=True)
            for entity, findings, of_entity in zip(self.entities, met, said, strict=True):
                if rule.subject in ("", entity):
                    of_entity.append(one_step_more(every(findings)))
        return [some(findings) for findings in said]

    def learn(self, head: Predicate, findings: list[Finding]) -> None:
        """Keep what the rules for a head say."""
        self._known[head] = findings

    def having(self, predicate: Predicate, finding: Finding) -> list[str]:
        """Of whom just that is known."""
        return [entity for entity, known in zip(self.entities, self.on(predicate), strict=True) if known == finding]

    def _met(self, premise: Premise) -> list[Finding]:
        known = self.on(premise.predicate)
        said = [-finding for finding in known] if premise.negated else known
        if not premise.through:
            return said
        leads = [self.on(Predicate(premise.through, other)) for other in self.entities]
        return [
            some(every((to_other[one], of_other)) for to_other, of_other in zip(leads, said, strict=True))
            for one in range(len(self.entities))
        ]
