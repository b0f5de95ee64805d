"""Chat messages, in the form that every chat template and chat endpoint reads."""

from __future__ import annotations

from typing import Literal, Protocol, TypedDict

Role = Literal["system", "user", "assistant", "tool"]


class Message(TypedDict):
    """One turn of a conversation."""

    role: Role
    content: str


class ChatTokenizer(Protocol):
    """What gem asks of a tokenizer: to render messages as text, as `transformers` tokenizers do."""

    def apply_chat_template(self, messages: list[Message], *, tokenize: bool, add_generation_prompt: bool) -> str:
        """The conversation as the model reads it, up to where its next reply begins."""
        ...
