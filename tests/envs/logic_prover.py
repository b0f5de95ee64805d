"""Reads the text of a logic problem and finds the least depth of each proof by trying depth after depth."""

import re
from functools import cache
from itertools import product

NAME = r"(?:[Tt]he )?\w+"
NOT_SO = rf"is not \w+|does not \w+ {NAME}"
PHRASE = rf"(?:{NOT_SO}|is \w+|\w+s {NAME})"


def atom_of(subject, phrase):
    """Who, verb and whom or what; and whether that is denied."""
    words = phrase.split(" ", 1)
    denied = phrase.startswith(("is not ", "does not "))
    if phrase.startswith("does not "):
        verb, thing = phrase.removeprefix("does not ").split(" ", 1)
    else:
        verb, thing = words[0].removesuffix("s"), words[1].removeprefix("not ")
    return (subject.lower(), verb, thing.lower()), denied


def literals_of(clauses):
    """Of "X is big and X likes Y" and the like."""
    found = []
    for subject, phrase in re.findall(rf"({NAME}) ({PHRASE})(?: and |$)", clauses):
        found.append(atom_of(subject, phrase))
    return found


class Problem:
    """The facts, rules and statements that stand in a text."""

    def __init__(self, text):
        facts, rest = re.fullmatch(r"Facts:\n(.+)\n\nRules:\n(.+)", text, re.DOTALL).groups()
        rules, _, asked = rest.split("\n\n")
        self.facts = {atom_of(*re.fullmatch(rf"({NAME}) ({PHRASE})", fact).groups())[0] for fact in _sentences(facts)}
        self.entities = sorted({subject for subject, _, _ in self.facts})
        self.rules = [instance for rule in rules.splitlines() for instance in self._instances(rule.removesuffix("."))]
        self.statements = [
            atom_of(*re.fullmatch(rf"\d+\. ({NAME}) ({PHRASE})\.", line).groups())
            for line in asked.removeprefix("Statements:\n").splitlines()
        ]
        self.proves, self.refutes = cache(self._proves), cache(self._refutes)

    def _instances(self, rule):
        """The rule as (literals, head), for everybody of whom it speaks."""
        every = re.fullmatch(rf"Every(?:one who|thing that) ((?:{PHRASE} and )*{PHRASE}) ({PHRASE})", rule)
        some = re.fullmatch(rf"If some(?:one|thing) ((?:{PHRASE} and )*{PHRASE}), then (?:they|it) (.+)", rule)
        if every or some:
            asked, concluded = (every or some).groups()
            literals = [atom_of("x", phrase) for phrase in re.findall(rf"({PHRASE})(?: and |$)", asked)]
            concluded = re.sub(r"^are ", "is ", concluded)
            head = atom_of("x", concluded if every or concluded.startswith("is ") else _third_person(concluded))[0]
        else:
            asked, subject, concluded = re.fullmatch(rf"If (.+), then ({NAME}) ({PHRASE})", rule).groups()
            literals, head = literals_of(asked), atom_of(subject, concluded)[0]
        for x, y in product(self.entities, repeat=2):
            yield [(_put(atom, x, y), denied) for atom, denied in literals], _put(head, x, y)

    def least_depth(self, atom):
        """Whether it holds, and the least depth at which that is settled."""
        depth = next(depth for depth in range(20) if self.proves(atom, depth) or self.refutes(atom, depth))
        return self.proves(atom, depth), depth

    def _proves(self, atom, depth):
        if atom in self.facts:
            return True
        return depth > 0 and any(
            all((self.refutes if denied else self.proves)(premise, depth - 1) for premise, denied in literals)
            for literals, head in self.rules
            if head == atom
        )

    def _refutes(self, atom, depth):
        if atom in self.facts:
            return False
        return all(
            depth > 0
            and any((self.proves if denied else self.refutes)(premise, depth - 1) for premise, denied in literals)
            for literals, head in self.rules
            if head == atom
        )


def _sentences(text):
    return text.removesuffix(".").split(". ")


def _third_person(phrase):
    verb, thing = phrase.split(" ", 1)
    return phrase if verb.endswith("s") else f"{verb}s {thing}"


def _put(atom, x, y):
    put = {"x": x, "y": y}
    subject, verb, thing = atom
    return put.get(subject, subject), verb, put.get(thing, thing)
