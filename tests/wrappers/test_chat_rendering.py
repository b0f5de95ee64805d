"""Chats written by joining texts are, to the byte, what the template renders."""

import gc
import pickle
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.wrappers import chat_rendering
from gem.wrappers.chat_probes import literals_of
from gem.wrappers.chat_rendering import chat_transcript, written
from gem.wrappers.history import ObservationWrapper
from gem.wrappers.seamed_chat import SeamedChat
from gem.wrappers.transcript import TemplateChat
from tests.wrappers import chat_templates
from tests.wrappers.chat_templates import ALL, APPEND_ONLY, DATED, HEADERS, NO_TOOLS, TOKENIZERS, Tokenizer
from tests.wrappers.scripted_env import Scripted

MARKERS = [
    "<think>",
    "</think>",
    "<tool_response>",
    "</tool_response>",
    "<|im_start|>",
    "<|im_end|>",
    "[/U]",
    "<|eot|>",
]
pieces = st.sampled_from(
    ["", " ", "\n", "x", "guess \\boxed{4}", "\u3000", "\x1c", "é🙂", "{{ x }}", "\x00", "\ud800", *MARKERS]
)
texts = st.lists(pieces, max_size=5).map("".join) | st.text(max_size=12)
turns = st.lists(st.tuples(st.booleans(), texts, texts), min_size=1, max_size=8)


def chat(tokenizer, conversation):
    """The turns with their roles, the first being the user's."""
    tool_role = chat_transcript(tokenizer).tool_role
    return [(tool_role if tool and place else "user", *said) for place, (tool, *said) in enumerate(conversation)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
@given(conversation=turns)
def test_joined_chats_equal_rendered_chats(name, conversation):
    tokenizer = TOKENIZERS[name]
    transcript = chat_transcript(tokenizer)
    conversation = chat(tokenizer, conversation)
    for length in range(1, len(conversation) + 1):
        expected = written(TemplateChat(tokenizer, transcript.tool_role), conversation[:length])
        assert written(transcript, conversation[:length]) == expected


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_an_append_only_template_is_never_called_again(name):
    tokenizer = TOKENIZERS[name]
    transcript = chat_transcript(tokenizer)
    before = tokenizer.calls
    written(transcript, chat(tokenizer, [(turn % 2 == 1, f"o{turn}", f"a{turn}") for turn in range(50)]))
    assert tokenizer.calls == before


@pytest.mark.parametrize("name", ["last reply thinks", "dated"])
def test_a_template_that_rewrites_turns_renders_every_step_itself(name):
    assert isinstance(chat_transcript(TOKENIZERS[name]), TemplateChat)


def test_a_template_that_drops_reasoning_renders_itself_once_a_tool_speaks():
    tokenizer = TOKENIZERS["thinking"]
    transcript = chat_transcript(tokenizer)
    assert isinstance(transcript, SeamedChat)
    past = transcript.extend(None, "user", "Find it.", "<think>search</think>search()")
    assert past.text is not None
    past = transcript.extend(past, "tool", "found", "<think>good</think>done")
    assert past.text is None
    reply = transcript.complete(past, "user", "", "Thanks.", "")
    whole = [("user", "Find it.", "<think>search</think>search()"), ("tool", "found", "<think>good</think>done")]
    assert reply == written(TemplateChat(tokenizer), [*whole, ("user", "Thanks.", "")])
    assert "search</think>" not in reply


def test_a_template_that_rewords_each_reply_is_asked_about_that_reply_alone():
    tokenizer = TOKENIZERS["thinking"]
    transcript = chat_transcript(tokenizer)
    past, costs = None, []
    for turn in range(20):
        before = tokenizer.messages
        past = transcript.extend(past, "user", f"o{turn}", f"<think>t{turn}</think>a{turn}")
        transcript.complete(past, "user", "", "now", "")
        costs.append(tokenizer.messages - before)
    assert set(costs) == {3}


@pytest.mark.parametrize("name", ["chatml", "headers"])
def test_the_work_of_a_wrapped_step_does_not_grow_with_the_past(name):
    tokenizer = TOKENIZERS[name]
    env = ObservationWrapper(Scripted(*["o"] * 40), tokenizer=tokenizer)
    env.reset()
    before = tokenizer.messages
    for _ in range(39):
        env.step("a")
    assert tokenizer.messages == before


def test_a_template_without_a_tool_role_shows_tools_as_the_user():
    assert chat_transcript(TOKENIZERS["turns only"]).tool_role == "user"
    assert chat_transcript(TOKENIZERS["no tools"]).tool_role == "user"
    assert chat_transcript(TOKENIZERS["chatml"]).tool_role == "tool"


def test_a_literal_hidden_in_a_template_is_found_and_tried():
    secret = NO_TOOLS.replace("message.content", "message.content | replace('xyzzy', '')")
    assert "xyzzy" in literals_of(secret)
    tokenizer = Tokenizer(secret)
    transcript = chat_transcript(tokenizer)
    conversation = [("user", "say xyzzy", "xyzzy!"), ("user", "again xyzzy", "")]
    assert written(transcript, conversation) == written(TemplateChat(tokenizer), conversation)


def test_a_tokenizer_is_studied_once_for_all_its_wrappers(monkeypatch):
    tokenizer = Tokenizer(HEADERS)
    studied = []
    study = chat_rendering.study
    monkeypatch.setattr(chat_rendering, "study", lambda *args: studied.append(args) or study(*args))
    for _ in range(3):
        ObservationWrapper(Scripted("o"), tokenizer=tokenizer).reset()
    assert len(studied) == 1


def test_a_tokenizer_that_gets_another_template_is_studied_again():
    tokenizer = Tokenizer(DATED)
    env = ObservationWrapper(Scripted("hello"), tokenizer=tokenizer)
    assert "Today" in env.reset()[0]
    tokenizer.chat_template = NO_TOOLS
    assert env.reset()[0] == "[U]hello[/U][A]"


def test_studying_a_tokenizer_does_not_keep_it_alive():
    tokenizer = Tokenizer(NO_TOOLS)
    chat_transcript(tokenizer)
    gone = weakref.ref(tokenizer)
    del tokenizer
    gc.collect()
    assert gone() is None


def test_a_tokenizer_that_cannot_be_remembered_still_works():
    class Slotted:
        __slots__ = ()

        def apply_chat_template(self, messages, *, tokenize, add_generation_prompt):
            return chat_templates.compiled(HEADERS).render(messages=messages, add_generation_prompt=True)

    assert isinstance(chat_transcript(Slotted()), SeamedChat)


def test_a_template_that_always_fails_fails_when_used_not_when_studied():
    transcript = chat_transcript(Tokenizer("{{ raise_exception('never') }}"))
    with pytest.raises(Exception, match="never"):
        transcript.complete(None, "user", "", "hello", "")


@pytest.mark.parametrize("name", ALL)
def test_a_transcript_survives_pickling(name):
    tokenizer = TOKENIZERS[name]
    transcript = pickle.loads(pickle.dumps(chat_transcript(tokenizer)))
    conversation = chat(tokenizer, [(False, "a", "b"), (True, "c", "d"), (False, "e", "f")])
    assert written(transcript, conversation) == written(TemplateChat(tokenizer, transcript.tool_role), conversation)
