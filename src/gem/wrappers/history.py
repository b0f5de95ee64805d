"""The history wrapper: each observation becomes the whole episode so far, as one text or one chat.

A past turn is shown by `info["event"]` where the env gives one, so that the state of things
stands once, in the last observation; an env without events has its full observations shown.
`gem.wrappers.transcript` says how the text is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

from gem.core import Env, Info, StepResult, Wrapper, new_result
from gem.errors import ConfigError
from gem.messages import ChatTokenizer, Role
from gem.wrappers.chat_rendering import chat_transcript
from gem.wrappers.transcript import ChatThenText, Concatenation, Past, TemplateChat, Transcript
from gem.wrappers.transcript import maybe_add_new_line as maybe_add_new_line  # noqa: PLC0414 - importable from here

TEXT_KEY = "problem"
"""Where an observation that is a dict, such as that of a picture puzzle, keeps its text."""


class WrapperObsType(Enum):
    """What kind of text the wrapper returns."""

    CONCAT = "concat"
    CONCAT_WITH_ACTION = "concat_with_action"
    CHAT = "concat_chat"
    CHAT_ON_RESET = "concat_chat_on_reset"


@dataclass(slots=True)
class History:
    """What the wrapper remembers of the episode."""

    past: Past = None
    """Finished turns, as the transcript keeps them."""
    role: Role = "user"
    """Who speaks the present observation."""
    text: str = ""
    """The present observation."""
    event: str = ""
    """How the present observation will be shown once it is past."""
    recent: list[tuple[Role, str, str]] = field(default_factory=list[tuple[Role, str, str]])
    """With a `max_history_length`: the turns to be shown, and no `past`."""


class ObservationWrapper(Wrapper[Any, Any]):
    """Observations with their history: concatenated, or as a chat that ends with the generation prompt.

    `info["prefix"]` and `info["suffix"]` stand around the present observation, inside its chat
    message (around everything, where observations are concatenated). An observation with
    `info["use_tool"]` has the role "tool". `info["parsed_action"]`, if there is one, stands for the
    action. `max_history_length` keeps that many past turns; 0 shows the present alone.

    An observation that is a dict has the history put into its "problem" and keeps its other
    entries; any other that is no text passes through as it is. Raises `ConfigError` for a chat
    without a tokenizer.
    """

    def __init__(
        self,
        env: Env[Any, Any],
        include_action: bool = True,
        include_chat_template: bool = True,
        apply_chat_template_on_reset: bool = False,
        max_history_length: int | None = None,
        tokenizer: ChatTokenizer | None = None,
    ) -> None:
        super().__init__(env)
        if include_chat_template and apply_chat_template_on_reset:
            raise ConfigError("the chat template is for every turn or for the first one: choose one of the two")
        if max_history_length is not None and max_history_length < 0:
            raise ConfigError(f"max_history_length is a number of turns or None, not {max_history_length}")
        self.include_action = include_action
        self.max_history_length = max_history_length
        self.tokenizer = tokenizer
        self.obs_type = _obs_type(include_action, include_chat_template, apply_chat_template_on_reset)
        self.state = History()
        self.chat_template: Any = None
        self.transcript = self._transcript()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        obs, info = self.env.reset(seed=seed, **options)
        if getattr(self.tokenizer, "chat_template", None) is not self.chat_template:
            self.transcript = self._transcript()
        self.state = History()
        return _shown(self.state, self.transcript, obs, info), info

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env; only the observation differs from the env's."""
        obs, reward, terminated, truncated, info = self.env.step(action)
        state, transcript, most = self.state, self.transcript, self.max_history_length
        said = info.get("parsed_action", action)
        if type(said) is not str:
            said = text_of(said)
        if most is None:
            state.past = transcript.extend(state.past, state.role, state.event, said)
        else:
            turns = [*state.recent, (state.role, state.event, said)]
            state.recent = turns[max(0, len(turns) - most) :]
        return new_result((_shown(state, transcript, obs, info), reward, terminated, truncated, info))

    def observation(self, info: Info) -> str:
        """The episode so far as text, with the prefix and suffix of `info`."""
        return _written(self.state, self.transcript, info)

    def _transcript(self) -> Transcript:
        """How the text is written; asked for again when the tokenizer was given another template."""
        self.chat_template = getattr(self.tokenizer, "chat_template", None)
        if self.obs_type in (WrapperObsType.CONCAT, WrapperObsType.CONCAT_WITH_ACTION):
            return Concatenation(self.include_action)
        if self.tokenizer is None:
            raise ConfigError(f"{self.obs_type.value} needs tokenizer=, to render chats with its template")
        chat = chat_transcript(self.tokenizer)
        if self.obs_type is WrapperObsType.CHAT_ON_RESET:
            return ChatThenText(chat, self.include_action)
        return chat if self.include_action else TemplateChat(self.tokenizer, chat.tool_role, include_action=False)


def _obs_type(include_action: bool, include_chat_template: bool, apply_chat_template_on_reset: bool) -> WrapperObsType:
    if include_chat_template:
        return WrapperObsType.CHAT
    if apply_chat_template_on_reset:
        return WrapperObsType.CHAT_ON_RESET
    return WrapperObsType.CONCAT_WITH_ACTION if include_action else WrapperObsType.CONCAT


# Functions, not methods: a wrapper asks its env for attributes, which makes reading its own ones slow.


def _shown(state: History, transcript: Transcript, obs: Any, info: Info) -> Any:
    """Make `obs` the present observation, and return it with its history."""
    state.text = text = obs if type(obs) is str else text_of(obs)
    event = info.get("event")
    state.event = event if isinstance(event, str) else text
    state.role = transcript.tool_role if info.get("use_tool") else "user"
    history = _written(state, transcript, info)
    return history if text is obs else with_text(obs, history)


def _written(state: History, transcript: Transcript, info: Info) -> str:
    past = _window(state, transcript) if state.recent else state.past
    return transcript.complete(past, state.role, info.get("prefix", ""), state.text, info.get("suffix", ""))


def _window(state: History, transcript: Transcript) -> Past:
    """The turns to be shown, written anew."""
    past = None
    for role, event, said in state.recent:
        past = transcript.extend(past, role, event, said)
    return past


def text_of(value: Any) -> str:
    """An observation or action as text: that of a dict is its "problem", if it has one."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        text = cast("Mapping[str, Any]", value).get(TEXT_KEY)
        return text if isinstance(text, str) else ""
    return str(value)


def with_text(obs: Any, text: str) -> Any:
    """`obs` with its text replaced; what has none is returned as it is."""
    if isinstance(obs, str):
        return text
    if isinstance(obs, dict):
        entries = cast("dict[str, Any]", obs)
        if isinstance(entries.get(TEXT_KEY), str):
            return {**entries, TEXT_KEY: text}
    return cast("Any", obs)
