"""Drawing a world: facts, layers of rules on top of each other, and statements of given depths.

Every conclusion holds of some and fails of others, at the depth of its layer. A statement first chooses its predicate,
then by a coin whether it holds, then of whom; so neither its words nor how often they occur tell its truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from gem.envs.logic_worlds.theory import IS, Finding, Findings, Predicate, Premise, Rule, proven, refuted
from gem.envs.logic_worlds.wording import WORLDS, Vocabulary

Rng = np.random.Generator
T = TypeVar("T")

ENTITIES, ATTRIBUTES, RELATIONS = 5, 4, 2
"""In facts: who, the attributes, and the verbs of relations."""
ATTRIBUTES_EACH, RELATIONS_EACH = 2, 1
"""Facts on each entity: as many on one as on the other."""
LEAST_WIDTH, LEAST_LAYERS = 2, 3
"""Predicates of each layer of rules; there is at least one layer more than the statements need."""
MOST_DEPTH, MOST_STATEMENTS = 5, 6
"""More would need more words than there are."""
TRIES = 8
NEGATED, SECOND_PREMISE, THROUGH, NAMED, SECOND_RULE, RELATED = 0.3, 0.6, 0.2, 0.35, 0.5, 0.3
"""How often premises are negated, and so on."""


class Statement(NamedTuple):
    """What is to be judged true or false."""

    entity: str
    predicate: Predicate
    negated: bool
    truth: bool
    depth: int


@dataclass(frozen=True, slots=True)
class World:
    """All that is told of a world, in the order in which it is told."""

    vocabulary: Vocabulary
    facts: tuple[tuple[str, Predicate], ...]
    rules: tuple[Rule, ...]
    statements: tuple[Statement, ...]


def draw_world(rng: Rng, depths: Sequence[int]) -> World:
    """A world with a statement of each of these depths."""
    return _Draft(rng, depths).world()


class _Draft:
    """A world in the making."""

    def __init__(self, rng: Rng, depths: Sequence[int]) -> None:
        self.rng, self.depths = rng, depths
        self.vocabulary = _pick(rng, WORLDS)
        self.entities = _several(rng, self.vocabulary.entities, ENTITIES)
        self.attributes = _several(rng, self.vocabulary.attributes, len(self.vocabulary.attributes))
        self.verbs = _several(rng, self.vocabulary.verbs, len(self.vocabulary.verbs))
        self.base_verbs = [self.verbs.pop() for _ in range(RELATIONS)]
        self.base = [Predicate(IS, self.attributes.pop()) for _ in range(ATTRIBUTES)]
        self.findings = Findings(self.entities, self._facts())
        told = {predicate for _, predicate in self.findings.facts}
        self.layers = [
            sorted(predicate for predicate in told if len(self.findings.having(predicate, proven(0))) < ENTITIES)
        ]
        self.rules: list[Rule] = []

    def world(self) -> World:
        for _ in range(max(LEAST_LAYERS, 1 + max(self.depths))):
            self._add_layer()
        facts = sorted(self.findings.facts)
        return World(
            self.vocabulary,
            tuple(_several(self.rng, facts, len(facts))),
            tuple(_several(self.rng, self.rules, len(self.rules))),
            tuple(self._statements()),
        )

    # -- facts and rules ----------------------------------------------------------------------

    def _facts(self) -> list[tuple[str, Predicate]]:
        facts: list[tuple[str, Predicate]] = []
        for entity in self.entities:
            facts.extend((entity, predicate) for predicate in _several(self.rng, self.base, ATTRIBUTES_EACH))
            others = [other for other in self.entities if other != entity]
            verbs = _several(self.rng, self.base_verbs, RELATIONS_EACH)
            facts.extend((entity, Predicate(verb, _pick(self.rng, others))) for verb in verbs)
        return facts

    def _add_layer(self) -> None:
        layer: list[Predicate] = []
        for _ in range(max(LEAST_WIDTH, (len(self.depths) + 1) // 2)):  # each has two statements at least
            head = self._new_predicate()
            rules, findings = self._rules(head)
            self.rules.extend(rules)
            layer.append(head)
            self.findings.learn(head, findings)
        self.layers.append(layer)

    def _new_predicate(self) -> Predicate:
        if self.verbs and self.rng.random() < RELATED:
            return Predicate(self.verbs.pop(), _pick(self.rng, self.entities))
        return Predicate(IS, self.attributes.pop())

    def _rules(self, head: Predicate) -> tuple[list[Rule], list[Finding]]:
        """Rules for a head that holds of some and fails of others, at just the depth of the new layer."""
        depth = len(self.layers)
        for _ in range(TRIES):
            rules = [self._rule(head, chain=True)]
            if self.rng.random() < SECOND_RULE:
                rules.append(self._rule(head, chain=False))
            findings = self.findings.by(rules)
            if proven(depth) in findings and refuted(depth) in findings:
                return rules, findings
        rules = [Rule((Premise(_pick(self.rng, self.layers[-1])),), head)]  # as deep as its premise, and one more
        return rules, self.findings.by(rules)

    def _rule(self, head: Predicate, chain: bool) -> Rule:
        """A rule; a `chain` speaks of everybody and stands on the last layer."""
        rng = self.rng
        premises = [self._premise(self.layers[-1] if chain else self._any_layer())]
        if rng.random() < SECOND_PREMISE:
            other = self._premise(self._any_layer())
            if other.predicate != premises[0].predicate:
                premises.insert(int(rng.integers(2)), other)
        subject = _pick(rng, self.entities) if not chain and rng.random() < NAMED else ""
        if not subject and rng.random() < THROUGH:
            premises[-1] = premises[-1]._replace(through=_pick(rng, self.base_verbs))
        return Rule(tuple(premises), head, subject)

    def _premise(self, layer: list[Predicate]) -> Premise:
        return Premise(_pick(self.rng, layer), bool(self.rng.random() < NEGATED))

    def _any_layer(self) -> list[Predicate]:
        return _pick(self.rng, self.layers)

    # -- statements ---------------------------------------------------------------------------

    def _statements(self) -> list[Statement]:
        """Statements on different things, none of which decides another."""
        statements: list[Statement] = []
        for depth in self.depths:
            taken = {(one.entity, one.predicate) for one in statements}
            statement = self._statement(depth)
            while (statement.entity, statement.predicate) in taken:
                statement = self._statement(depth)
            statements.append(statement)
        return statements

    def _statement(self, depth: int) -> Statement:
        predicate = _pick(self.rng, self.layers[depth])
        holds, negated = bool(self.rng.integers(2)), bool(self.rng.integers(2))
        entity = _pick(self.rng, self.findings.having(predicate, proven(depth) if holds else refuted(depth)))
        return Statement(entity, predicate, negated, holds != negated, depth)


def _pick(rng: Rng, options: Sequence[T]) -> T:
    return options[int(rng.random() * len(options))]  # in a fifth of the time of integers()


def _several(rng: Rng, options: Sequence[T], number: int) -> list[T]:
    return [options[int(index)] for index in rng.permutation(len(options))[:number]]
