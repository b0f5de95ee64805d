"""Chats written by joining texts, as most chat templates do, at a cost that does not grow with the past.

`Seams` are the fixed texts between the messages. They hold for a template only where
`gem.wrappers.chat_rendering` has failed to prove otherwise; it makes the objects of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gem.messages import ChatTokenizer, Message, Role
from gem.wrappers.transcript import Past, TemplateChat, ask

MARK = "gem marks a message"
"""Stands for any content that no template treats specially."""
Clean = Callable[[str], str]


class NotSeamed(Exception):
    """The template did to a text what seams cannot describe."""


class Seams(NamedTuple):
    """The fixed texts of a template, by the role that speaks an observation."""

    opening: str
    """Before the first message, which is the user's."""
    answers: Mapping[Role, str]
    """From an observation to the action that follows it."""
    follows: Mapping[Role, str]
    """From an action to the observation that follows it."""
    closing: Mapping[Role, str]
    """After the last observation; ends with the generation prompt."""


@dataclass(frozen=True, slots=True)
class CleanedByTemplate:
    """What the template makes of one text, found by rendering three short messages."""

    tokenizer: ChatTokenizer
    seams: Seams
    role: Role

    def __call__(self, text: str) -> str:
        """Raises `NotSeamed` if the template changes more than the text."""
        seams, role = self.seams, self.role
        last: Role = "user" if role == "assistant" else role
        contents = (MARK, text, MARK) if role == "assistant" else (MARK, MARK, text)
        roles: tuple[Role, ...] = ("user", "assistant", last)
        messages: list[Message] = [
            {"role": who, "content": content} for who, content in zip(roles, contents, strict=True)
        ]
        rendered = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        head, tail = f"{seams.opening}{MARK}{seams.answers['user']}", seams.closing[last]
        if role == "assistant":
            tail = f"{seams.follows[last]}{MARK}{tail}"
        else:
            head = f"{head}{MARK}{seams.follows[role]}"
        if len(rendered) < len(head) + len(tail) or not (rendered.startswith(head) and rendered.endswith(tail)):
            raise NotSeamed(role)
        return rendered[len(head) : len(rendered) - len(tail)]


@dataclass(slots=True)
class ChatSoFar:
    """Finished turns of a chat."""

    turns: list[str]
    """As `TemplateChat` keeps them."""
    text: str | None
    """The turns as written; None once this chat has something that seams cannot write."""


FIRST = "first"
"""The frame of a chat's first message."""


Frame = tuple[str, Clean, str, str]
"""Of an observation: what stands before it, what becomes of it, what leads to the answer, and what ends the chat. A
plain tuple, since it is taken apart at every step."""


@dataclass(frozen=True, slots=True)
class SeamedChat:
    """Messages and seams, joined; a chat in which that fails is rendered by the template from then on."""

    template: TemplateChat
    frames: Mapping[str, Frame]
    """By the role that speaks the observation, or `FIRST`."""
    clean_action: Clean

    @property
    def tool_role(self) -> Role:
        """As in the template."""
        return self.template.tool_role

    def extend(self, past: Past, role: Role, observation: str, action: str) -> ChatSoFar:
        """Four pieces of text behind the past."""
        chat: ChatSoFar = past or ChatSoFar([], "")
        if chat.text is not None:
            try:
                before, clean, answer, _ = self.frames[role if chat.turns else FIRST]
                chat.text = f"{chat.text}{before}{clean(observation)}{answer}{self.clean_action(action)}"
            except (KeyError, NotSeamed):  # KeyError: a role whose seams are not known
                chat.text = None
        chat.turns += (role, observation, action)
        return chat

    def complete(self, past: Past, role: Role, prefix: str, observation: str, suffix: str) -> str:
        """The past, the message, and the generation prompt."""
        text, who = ("", FIRST) if past is None else (past.text, role)
        if text is not None:
            try:
                before, clean, _, closing = self.frames[who]
                return f"{text}{before}{clean(ask(prefix, observation, suffix))}{closing}"
            except (KeyError, NotSeamed):
                pass
        turns = None if past is None else past.turns
        return self.template.complete(turns, role, prefix, observation, suffix)


def seamed_chat(template: TemplateChat, seams: Seams, cleans: Mapping[Role, Clean]) -> SeamedChat:
    """Seams and cleanings in the form that writing needs; `cleans` has the role "assistant" too."""
    frames: dict[str, Frame] = {
        role: (follows, cleans[role], seams.answers[role], seams.closing[role])
        for role, follows in seams.follows.items()
    }
    first = (seams.opening, *frames["user"][1:])
    return SeamedChat(template, {FIRST: first, **frames}, cleans["assistant"])
