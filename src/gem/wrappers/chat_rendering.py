"""Finding out whether a tokenizer's chat template can be replaced by joining texts.

Rendering a whole conversation at every turn is what makes chat histories slow. Most templates
only put fixed texts between the messages. `chat_transcript` learns those texts from a few
renderings, then tries to refute them: it renders thousands of messages both ways, built from what
templates are known to treat specially and from every literal in the template's own source. One
difference, or one error, and the template itself renders every turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import methodcaller
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from gem.messages import ChatTokenizer, Message, Role
from gem.wrappers.chat_probes import Turn, conversations
from gem.wrappers.seamed_chat import MARK, Clean, CleanedByTemplate, Seams, seamed_chat
from gem.wrappers.transcript import TemplateChat, Transcript

Render = Callable[[list[Message]], str]
USER: Role = "user"
ASSISTANT: Role = "assistant"
CLEANINGS: tuple[Clean, ...] = (str, str.strip, str.lstrip, str.rstrip, methodcaller("strip", "\n"))
"""What templates do to a text; `str` leaves it alone."""
BLANKS = "\n \u3000\t\n"
CLOCK = "strftime"
"""Templates that call this tell the date, so what was learned of them would be wrong tomorrow."""


class Finding(NamedTuple):
    """What is known of a tokenizer; holds no reference to it."""

    source: Any
    """The chat template that was studied: another one asks for another study."""
    tool_role: Role
    seams: Seams | None = None
    """None: only the template itself can write."""
    cleans: Mapping[Role, Clean | None] = {}
    """None: whatever the template does to texts of this role."""

    def transcript(self, tokenizer: ChatTokenizer, remembering: Callable[[Clean], Clean] | None = None) -> Transcript:
        """The fastest way to write that is right; `remembering` may put a cache around cleanings."""
        template = TemplateChat(tokenizer, self.tool_role)
        seams = self.seams
        if seams is None:
            return template
        cleans: dict[Role, Clean] = {}
        for role, clean in self.cleans.items():
            cleans[role] = clean or CleanedByTemplate(tokenizer, seams, role)
            if remembering is not None:
                cleans[role] = remembering(cleans[role])
        return seamed_chat(template, seams, cleans)


_FINDINGS: WeakKeyDictionary[ChatTokenizer, Finding] = WeakKeyDictionary()


def chat_transcript(tokenizer: ChatTokenizer) -> Transcript:
    """The fastest way to write chats exactly as the tokenizer's template does.

    The template is studied once per tokenizer, in about a tenth of a second, and again if
    `tokenizer.chat_template` has changed.
    """
    source = getattr(tokenizer, "chat_template", None)
    try:
        finding = _FINDINGS.get(tokenizer)
        if finding is None or finding.source != source:
            finding = _FINDINGS[tokenizer] = study(tokenizer, source)
    except TypeError:  # cannot be hashed, or not be referred to weakly: studied anew for every wrapper
        finding = study(tokenizer, source)
    return finding.transcript(tokenizer)


def study(tokenizer: ChatTokenizer, source: Any) -> Finding:
    """Try ever weaker descriptions of the template; the first that the probes do not refute stands."""

    def render(messages: list[Message]) -> str:
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)

    tool_role: Role = "tool" if knows_tool_role(render) else USER
    text = str(source)
    if CLOCK not in text:
        other_roles: tuple[Role, ...] = (tool_role, USER) if tool_role != USER else (USER,)
        for role in other_roles:
            for finding in _candidates(render, source, tool_role, (USER, role)):
                if holds(finding, tokenizer, text, role):
                    return finding
    return Finding(source, tool_role)


def holds(finding: Finding, tokenizer: ChatTokenizer, source: str, role: Role) -> bool:
    """Whether no probe with observations of `role` shows a difference from the template."""
    reference = TemplateChat(tokenizer, finding.tool_role)
    candidate = finding.transcript(tokenizer, remembering=cache)  # probes repeat themselves
    try:
        return all(written(candidate, turns) == written(reference, turns) for turns in conversations(source, role))
    except Exception as error:  # noqa: BLE001 - a stranger's template raises what it likes; it may still render what really occurs
        logging.getLogger(__name__).debug("a chat template refused a probe: %s: %s", type(error).__name__, error)
        return False


def written(transcript: Transcript, turns: list[Turn]) -> str:
    """A conversation in which the last turn's action is still to come."""
    past = None
    for role, observation, action in turns[:-1]:
        past = transcript.extend(past, role, observation, action)
    role, observation, _ = turns[-1]
    return transcript.complete(past, role, "", observation, "")


def knows_tool_role(render: Render) -> bool:
    """Whether a tool's message reaches the text; some templates refuse it, some drop it in silence."""
    try:
        return bool(_fixed_texts(render, [USER, ASSISTANT, "tool", ASSISTANT, "tool"]))
    except Exception:  # noqa: BLE001 - as in `holds`; whatever the reason, this template has no such role
        return False


def _candidates(render: Render, source: Any, tool_role: Role, roles: tuple[Role, Role]) -> Iterator[Finding]:
    """Descriptions for conversations of these roles: as few calls of the template as possible first."""
    try:
        seams = learn_seams(render, roles)
        if seams is None:
            return
        cleans: dict[Role, Clean | None] = {role: _cleaning(render, role) for role in (*roles, ASSISTANT)}
    except Exception:  # noqa: BLE001 - as in `holds`
        return
    yield Finding(source, tool_role, seams, cleans)
    yield Finding(source, tool_role, seams, {**cleans, ASSISTANT: None})
    by_template: dict[Role, Clean | None] = dict.fromkeys(cleans)
    yield Finding(source, tool_role, seams, by_template)


def learn_seams(render: Render, roles: tuple[Role, Role]) -> Seams | None:
    """The fixed texts between messages, as far as marked ones show them; None if one got lost."""
    opening = ""
    answers: dict[Role, str] = {}
    follows: dict[Role, str] = {}
    closing: dict[Role, str] = {}
    for role in reversed(roles):
        texts = _fixed_texts(render, [USER, ASSISTANT, role, ASSISTANT, role])
        if not texts:
            return None
        opening, _, follows[role], answers[role], _, closing[role] = texts
    return Seams(opening, answers, follows, closing)


def _fixed_texts(render: Render, roles: list[Role]) -> list[str]:
    """What stands before, between and after messages of these roles; empty if one is missing or out of place."""
    messages: list[Message] = [{"role": role, "content": f"{MARK}{place}."} for place, role in enumerate(roles)]
    texts: list[str] = []
    rest = render(messages)
    for message in messages:
        before, mark, rest = rest.partition(message["content"])
        if not mark:
            return []
        texts.append(before)
    return [*texts, rest]


def _cleaning(render: Render, role: Role) -> Clean | None:
    """What the template does to the blanks around a text of this role; None if nothing that is known here."""

    def rendered(text: str) -> str:
        answer, observation = (text, "x") if role == ASSISTANT else ("x", text)
        return render(
            [
                {"role": USER, "content": "x"},
                {"role": ASSISTANT, "content": answer},
                {"role": USER if role == ASSISTANT else role, "content": observation},
            ]
        )

    padded = f"{BLANKS}{MARK}{BLANKS}"
    plain, blank = rendered(MARK), rendered(padded)
    return next((clean for clean in CLEANINGS if plain.replace(MARK, clean(padded)) == blank), None)
