"""Ways of writing past turns and the present observation as one text.

Each way has the same two moves. `extend` takes the text so far and one more finished turn;
`complete` ends it with the present observation. What `extend` returned is never read again by its
caller, so it may be the very object that it was given. Nothing here knows an env.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gem.messages import ChatTokenizer, Message, Role

Past = Any
"""Finished turns, in a form that only the transcript which wrote them reads; `None` if there are none."""


def maybe_add_new_line(text: str) -> str:
    r"""`text`, ended by a newline: `"a"` becomes `"a\n"`, `"a\n"` stays."""
    return text if text.endswith("\n") else f"{text}\n"


def ask(prefix: str, observation: str, suffix: str) -> str:
    """The present observation as one message: the suffix, on a line of its own, is part of it."""
    if suffix and observation[-1:] != "\n":
        observation += "\n"
    return f"{prefix}{observation}{suffix}"


class Transcript(Protocol):
    """A way of writing turns."""

    @property
    def tool_role(self) -> Role:
        """The role for what a tool returned: "tool", or "user" where the chat template has no such role."""
        ...

    def extend(self, past: Past, role: Role, observation: str, action: str) -> Past:
        """`past` and one more finished turn; the caller gives `past` up.

        `role` says who speaks the observation: "user", or `tool_role` for what a tool returned.
        """
        ...

    def complete(self, past: Past, role: Role, prefix: str, observation: str, suffix: str) -> str:
        """The whole text, up to where the next action begins."""
        ...


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Observations one below the other, with or without the actions; prefix and suffix around it all."""

    include_action: bool
    tool_role: Role = "tool"

    def extend(self, past: Past, role: Role, observation: str, action: str) -> str:
        """The turn's lines below those of the past."""
        del role  # a text without speakers
        answer = maybe_add_new_line(action) if self.include_action else ""
        return f"{past or ''}{maybe_add_new_line(observation)}{answer}"

    def complete(self, past: Past, role: Role, prefix: str, observation: str, suffix: str) -> str:
        """Prefix, past, observation, suffix."""
        del role
        return f"{prefix}{past or ''}{maybe_add_new_line(observation)}{suffix}"


@dataclass(frozen=True, slots=True)
class TemplateChat:
    """Chat messages, rendered as a whole by the tokenizer each time: always right, slower with every turn.

    The first message is always the user's: some templates refuse a conversation that a tool opens.
    """

    tokenizer: ChatTokenizer
    tool_role: Role = "tool"
    include_action: bool = True

    def extend(self, past: Past, role: Role, observation: str, action: str) -> list[str]:
        """The three texts of each turn, one after the other."""
        texts: list[str] = [] if past is None else past
        texts += (role, observation, action)
        return texts

    def complete(self, past: Past, role: Role, prefix: str, observation: str, suffix: str) -> str:
        """One call of the template."""
        texts: list[Any] = [*(past or ()), role, ask(prefix, observation, suffix)]
        messages: list[Message] = []
        for place in range(0, len(texts) - 2, 3):
            messages.append({"role": texts[place], "content": texts[place + 1]})
            if self.include_action:
                messages.append({"role": "assistant", "content": texts[place + 2]})
        messages.append({"role": texts[-2], "content": texts[-1]})
        messages[0]["role"] = "user"
        return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


@dataclass(frozen=True, slots=True)
class ChatThenText:
    """The first observation as a chat message; whatever follows is written on behind the generation prompt.

    For agents that go on in one reply after a tool has answered. Only here do observations, and
    their prefix and suffix, stand behind a generation prompt: the agent's reply includes them.
    """

    chat: Transcript
    include_action: bool = True

    @property
    def tool_role(self) -> Role:
        """As in the chat."""
        return self.chat.tool_role

    def extend(self, past: Past, role: Role, observation: str, action: str) -> str:
        """The turn's lines behind the past, or the message of the first observation."""
        if past is None:
            past, observation = "", self.chat.complete(None, role, "", observation, "")
        else:
            observation = maybe_add_new_line(observation)
        answer = maybe_add_new_line(action) if self.include_action else ""
        return f"{past}{observation}{answer}"

    def complete(self, past: Past, role: Role, prefix: str, observation: str, suffix: str) -> str:
        """Prefix and suffix of a first observation are inside its message."""
        if past is None:
            return self.chat.complete(None, role, prefix, observation, suffix)
        return f"{past}{prefix}{maybe_add_new_line(observation)}{suffix}"
