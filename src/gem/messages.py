"""Chat messages, in the form that every chat template and chat endpoint reads; and any observation as a text."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal, Protocol, TypedDict, cast

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


def readable(observation: Any) -> str:
    """An observation as a record, a transcript or a terminal shows it: the same text for equal observations.

    One that is a dict, such as that of a picture puzzle, shows its "problem", and below it a line for each thing that
    is no text. An image is named by its size and a digest of its pixels: the env shows it again for the same seed.
    """
    if isinstance(observation, str):
        return observation
    if not isinstance(observation, Mapping):
        return _named(observation)
    entries = dict(cast("Mapping[str, Any]", observation))
    problem = entries.pop("problem", "")
    return "\n".join((str(problem).rstrip("\n"), *(f"{name}: {_named(value)}" for name, value in entries.items())))


def _named(value: Any) -> str:
    """A value in a few words; the address that an image's own `repr` tells is another one each time."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_named, cast("list[Any]", value)))
    if hasattr(value, "tobytes") and hasattr(value, "mode") and hasattr(value, "width"):
        digest = blake2b(value.tobytes(), digest_size=6).hexdigest()
        return f"[image, {value.width} x {value.height}, {value.mode}, {digest}]"
    return str(value)
