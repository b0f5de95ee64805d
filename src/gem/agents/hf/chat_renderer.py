"""Observations as tokens, in the words of a chat template; nothing that was sampled is ever tokenised again.

A template writes whole conversations. An episode needs only what is new: the first prompt, and after each reply what
lies between it and the next one. That is read off a short conversation in which a mark stands for the reply, so that
the template itself cleans texts and chooses between its forms.

Templates that rewrite the past (Qwen3's drops the thoughts of earlier turns) are not followed in that: what was sampled
stays as it was sampled, and the model sees it in later turns. So a turn's log-probabilities are those of its sampling.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from gem.agents.hf.plain_template import PLAIN
from gem.core import Info
from gem.errors import ConfigError
from gem.messages import Message, Role, readable
from gem.wrappers.chat_rendering import knows_tool_role

REPLY = "gem marks a reply"
"""Stands for any reply; no template treats it specially."""
STAND_IN = re.compile("\ue000gem([0-9]{1,9})\ue001")
"""Stands for a special token that somebody wrote out in a text."""


class ChatRenderer:
    """The renderer of a causal model, see `gem.agents.protocol`.

    `chat_template` is a Jinja text; default: the tokenizer's own; `"plain"`: a simple one of ours. `system` is the
    first message of each episode. `ends` are the tokens, besides those of tokenizer and template, that end a reply.

    Observations are texts, which the user says (or the tool, after `info["use_tool"]`, if the template knows tools), or
    lists of chat messages, of which those after the last one of the assistant are new. A special token that is written
    out in any of them stays plain text.

    Raises `ConfigError` without a template, or where the template refuses a conversation.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        chat_template: str | None = None,
        system: str | None = None,
        ends: Collection[int] = (),
    ) -> None:
        if chat_template is None and not tokenizer.chat_template:
            raise ConfigError(
                "the tokenizer has no chat template: give one with chat_template= (a Jinja text), or "
                'chat_template="plain" for a simple one that the model has not been trained on'
            )
        self.tokenizer, self.chat_template, self.system = tokenizer, chat_template, system
        self._literal = copy.deepcopy(tokenizer)
        """For texts alone: a tokenizer that is switched between two ways of reading fails in a second thread."""
        self._template = PLAIN if chat_template == "plain" else chat_template
        special = {token.content: number for number, token in tokenizer.added_tokens_decoder.items() if token.special}
        self._special = re.compile("|".join(map(re.escape, sorted(special, key=len, reverse=True))) or "(?!)")
        self.encode("")  # switched now, and never again
        self.end = self._end_of_turn({*special.values(), *ends})
        self.ends = frozenset({self.end, *ends, tokenizer.eos_token_id} - {None})
        self._tool_role: Role = "tool" if knows_tool_role(self._render) else "user"

    def begin(self, observation: Any, info: Info) -> list[int]:
        """The first prompt: the system message, the observation, and the generation prompt."""
        messages = self._messages(observation, {**info, "use_tool": False})  # templates refuse chats that a tool opens
        if self.system is not None and messages[0]["role"] != "system":
            messages = [Message(role="system", content=self.system), *messages]
        return self._encode(messages)

    def observe(self, observation: Any, info: Info, past_ids: Sequence[int]) -> list[int]:
        """What follows a reply: the rest of its end, the observation, and the generation prompt.

        `past_ids` are the episode's tokens so far. If they don't end with the template's end of turn (the reply was
        cut, or ended with another end token), the new tokens begin with it, as tokens that nobody sampled. Where
        they are empty the reply is taken to be whole.
        """
        new_ids = self._encode(self._messages(observation, info), after_reply=True)
        sampled = not past_ids or past_ids[-1] == self.end
        return new_ids[new_ids.index(self.end) + 1 :] if sampled and self.end in new_ids else new_ids

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of a reply, without its end token."""
        whole = list(token_ids)
        if whole and whole[-1] in self.ends:
            whole.pop()
        return self.tokenizer.decode(whole, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def encode(self, text: str) -> list[int]:
        """Ids of a plain text: special tokens that are written out in it stay text."""
        return self._literal.encode(well_formed(text), add_special_tokens=False, split_special_tokens=True)

    def _messages(self, observation: Any, info: Info) -> list[Message]:
        """What is new, as messages; at least one."""
        if isinstance(observation, list | tuple):
            entries = cast("Sequence[Any]", observation)
            if all(isinstance(entry, Mapping) for entry in entries):
                return list(new_messages(entries))
        role: Role = self._tool_role if info.get("use_tool") else "user"
        return [Message(role=role, content=readable(observation))]

    def _encode(self, messages: list[Message], *, after_reply: bool = False) -> list[int]:
        """Ids of these messages and the generation prompt; with `after_reply` of all that follows a reply."""
        written_out: list[str] = []

        def stand_in(found: re.Match[str]) -> str:
            written_out.append(found[0])
            return f"\ue000gem{len(written_out) - 1}\ue001"

        for message in messages:
            message["content"] = self._special.sub(stand_in, well_formed(message["content"]))
        text = self._after_reply(messages) if after_reply else self._render(messages)
        ids: list[int] = []
        for place, piece in enumerate(STAND_IN.split(text)):
            if place % 2 == 0:
                ids += self.tokenizer.encode(piece, add_special_tokens=False) if piece else []
            elif int(piece) < len(written_out):
                ids += self.encode(written_out[int(piece)])
        return ids

    def _after_reply(self, messages: list[Message]) -> str:
        opening: list[Message] = [{"role": "user", "content": "x"}, {"role": "assistant", "content": REPLY}]
        _, mark, rest = self._render([*opening, *messages]).partition(REPLY)
        if not mark:
            raise ConfigError("the chat template leaves out what the assistant said: give another with chat_template=")
        return rest

    def _end_of_turn(self, special: Collection[int]) -> int:
        """The first special token after a reply; the tokenizer's own end token if the template writes none."""
        follows = self.tokenizer.encode(self._after_reply([{"role": "user", "content": "x"}]), add_special_tokens=False)
        end = next((token for token in follows if token in special), self.tokenizer.eos_token_id)
        if end is None:
            raise ConfigError("neither the chat template nor the tokenizer has a token that ends a reply")
        return end

    def _render(self, messages: list[Message]) -> str:
        from jinja2 import TemplateError

        try:
            return self.tokenizer.apply_chat_template(
                messages, chat_template=self._template, tokenize=False, add_generation_prompt=True
            )
        except TemplateError as error:
            roles = ", ".join(message["role"] for message in messages)
            raise ConfigError(f"the chat template refuses messages of {roles}: {error}") from error


def well_formed(text: str) -> str:
    """The text, with question marks for lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def new_messages(conversation: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """Copies of the messages after the assistant's last. Raises `ConfigError` if there are none, or one is no text."""
    said = [place for place, message in enumerate(conversation) if message.get("role") == "assistant"]
    new = conversation[said[-1] + 1 :] if said else conversation
    if not new:
        raise ConfigError("an observation of chat messages needs at least one that is not the assistant's, at its end")
    for message in new:
        role, content = message.get("role"), message.get("content")
        if role not in ("system", "user", "tool") or not isinstance(content, str):
            raise ConfigError(f"a chat message has a role and a text as content, not {role!r} and {content!r:.80}")
        yield Message(role=role, content=content)
