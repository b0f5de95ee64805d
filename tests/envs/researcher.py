"""A scripted agent that answers fictional questions from what a search tool tells it, and from nothing else.

Like a model it knows the language: how a question is put, and how a passage tells a thing. It sees no world.
"""

from __future__ import annotations

import re

from gem.envs.fictional_world.relations import OF_KIND, RELATIONS
from gem.tools.tool_env_wrapper import REFUSAL

DOC = re.compile(r"Doc \d+\(Title: (.*?)\) (.*)")
GIVEN_UP = "<answer>nobody knows</answer>"


def gap(template: str, name: str) -> re.Pattern[str]:
    """A pattern of a template that finds what `name` stands for."""
    literal = re.split(r"(\{\w\})", template)
    return re.compile(
        "".join("(.+)" if part == name else ".+" if part[:1] == "{" else re.escape(part) for part in literal)
    )


ASKED = [(gap(text, "{x}"), one) for one in RELATIONS for text in one.asked]
NAMED = [(gap(text, "{x}"), one) for one in RELATIONS for text in one.named]
TOLD = {
    (kind, one.name): [gap(text, "{y}") for text in one.told]
    for kind, relations in OF_KIND.items()
    for one in relations
}


def taken_apart(question: str):
    """Every way to read a question: what it begins with, and the relations from there to the answer."""
    for pattern, relation in ASKED:
        if found := pattern.fullmatch(question):
            yield from _phrase(found[1], [relation])


def _phrase(phrase, relations):
    inner = [(found[1], one) for pattern, one in NAMED if (found := pattern.fullmatch(phrase))]
    for words, relation in inner:
        if relation.target == relations[0].kind:
            yield from _phrase(words, [relation, *relations])
    if not inner:
        yield phrase, relations


class Researcher:
    """Looks up one thing after the other; each of its replies is a search, or in the end an answer."""

    def __init__(self, first_observation: str) -> None:
        question = re.search(r"^Question: (.*)$", first_observation, re.MULTILINE)[1]
        self.plans = list(taken_apart(question))
        self.searches = 0
        self.at, self.relations = self.plans[0] if self.plans else ("", [])

    def __call__(self, observation: str | None) -> str:
        """The next reply, after what the last one was answered."""
        if observation is not None and not self._read(observation):
            return GIVEN_UP
        if not self.relations:
            return f"<answer>{self.at}</answer>"
        self.searches += 1
        return f"I need to read about {self.at}. <search>{self.at}</search>"

    def _read(self, observation: str) -> bool:
        """Take the next step from the passages of an observation, if they tell it."""
        relation = self.relations[0]
        for title, text in DOC.findall(observation):
            if title != self.at:
                continue
            for sentence in text.split(". "):
                for pattern in TOLD[relation.kind, relation.name]:
                    if found := pattern.fullmatch(f"{sentence.removesuffix('.')}."):
                        self.at, self.relations = found[1], self.relations[1:]
                        return True
        return False


def researched(env, **options):
    """Play an episode: the last step, and how often it searched."""
    obs, _ = env.reset(**options)
    agent = Researcher(obs)
    seen = None
    while True:
        step = env.step(agent(seen))
        if step.done or step.obs == REFUSAL:
            return step, agent.searches
        seen = step.obs
