"""ObservationWrapper: the episode so far, as text or chat."""

import copy
import json
import pickle

import pytest

import gem
from gem.errors import ConfigError
from gem.snapshot import Snapshot
from gem.wrappers.history import ObservationWrapper, WrapperObsType, maybe_add_new_line
from gem.wrappers.presets import get_wrapper_fns
from tests.wrappers.chat_templates import TOKENIZERS
from tests.wrappers.scripted_env import Scripted, observations

CHATML_TOKENIZER = TOKENIZERS["chatml"]
HEADERS_TOKENIZER = TOKENIZERS["headers"]
REWRITING_TOKENIZER = TOKENIZERS["last reply thinks"]
PROMPT = "<|im_start|>assistant\n"
HINTS = {"prefix": "Note.\n", "suffix": "Your move?\n"}
KINDS = ["concat", "concat_with_action", "concat_chat", "concat_chat_on_reset"]


def wrapped(env, kind, tokenizer=HEADERS_TOKENIZER, **more):
    (wrap,) = get_wrapper_fns(kind, tokenizer=tokenizer)
    return wrap(env, **more)


def message(role, text):
    return f"<|start|>{role}<|end|>\n\n{text}<|eot|>"


ASK = "<|start|>assistant<|end|>\n\n"


def test_maybe_add_new_line_adds_only_a_missing_one():
    assert [maybe_add_new_line(text) for text in ("", "a", "a\n", "a\n\n")] == ["\n", "a\n", "a\n", "a\n\n"]


def test_concat_puts_observations_one_below_the_other():
    assert observations(wrapped(Scripted("a", "b\n", "c"), "concat")) == ["a\n", "a\nb\n", "a\nb\nc\n"]


def test_concat_with_action_puts_the_actions_between():
    seen = observations(wrapped(Scripted("a", "b", "c"), "concat_with_action"))
    assert seen == ["a\n", "a\nact0\nb\n", "a\nact0\nb\nact1\nc\n"]


def test_chat_ends_with_the_generation_prompt():
    seen = observations(wrapped(Scripted("a", "b"), "concat_chat"))
    first = f"<|bos|>{message('user', 'a')}"
    assert seen == [first + ASK, first + message("assistant", "act0") + message("user", "b") + ASK]


def test_chat_on_reset_applies_the_template_to_the_first_observation_only():
    seen = observations(wrapped(Scripted("a", "b", "c"), "concat_chat_on_reset"))
    first = f"<|bos|>{message('user', 'a')}{ASK}"
    assert seen == [first, f"{first}act0\nb\n", f"{first}act0\nb\nact1\nc\n"]


@pytest.mark.parametrize("kind", ["concat_chat", "concat_chat_on_reset"])
def test_defect_1_the_suffix_stands_before_the_generation_prompt(kind):
    first = observations(wrapped(Scripted(("board\n", HINTS), "b"), kind, CHATML_TOKENIZER))[0]
    assert first.endswith(PROMPT)
    assert "<|im_start|>user\nNote.\nboard\nYour move?\n<|im_end|>" in first


@pytest.mark.parametrize("tokenizer", [CHATML_TOKENIZER, REWRITING_TOKENIZER], ids=["joined", "rendered"])
def test_defect_1_nothing_follows_the_generation_prompt_in_any_turn_of_a_board_game(tokenizer):
    env = wrapped(gem.make("game:GuessTheNumber-v0-hard", seed=3), "concat_chat", tokenizer)
    obs, _ = env.reset()
    end = PROMPT if tokenizer is CHATML_TOKENIZER else "<assistant>"
    for guess in range(1, 7):
        assert obs.endswith(end)
        assert obs.count("Enter your next guess") == 1
        obs, _, terminated, truncated, _ = env.step(f"\\boxed{{{guess}}}")
        if terminated or truncated:
            break


@pytest.mark.parametrize("kind", KINDS)
def test_past_turns_show_the_event_and_the_state_stands_once(kind):
    script = [(f"event {turn}\nboard {turn}\n", {"event": f"event {turn}\n"}) for turn in range(4)]
    last = observations(wrapped(Scripted(*script), kind))[-1]
    assert last.count("board") == 1
    assert "board 3" in last
    assert all(f"event {turn}" in last for turn in range(4))


def test_prefix_and_suffix_stand_around_concatenated_text_as_existing_users_expect():
    seen = observations(wrapped(Scripted(("a", HINTS), ("b", HINTS)), "concat"))
    assert seen == ["Note.\na\nYour move?\n", "Note.\na\nb\nYour move?\n"]


def test_the_parsed_action_stands_for_the_action():
    script = Scripted("a", ("b", {"parsed_action": "short"}))
    assert observations(wrapped(script, "concat_with_action"), ["long short"])[-1] == "a\nshort\nb\n"


def test_what_a_tool_returned_has_the_role_tool():
    seen = observations(wrapped(Scripted("a", ("b", {"use_tool": True}), "c"), "concat_chat"))
    assert message("tool", "b") + ASK in seen[1]
    assert message("tool", "b") + message("assistant", "act1") + message("user", "c") in seen[2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_maximum_history_keeps_that_many_past_turns(kind, kept):
    last = observations(wrapped(Scripted("o0", "o1", "o2", "o3"), kind, max_history_length=kept))[-1]
    assert [f"o{turn}" in last for turn in range(4)] == [turn >= 3 - kept for turn in range(4)]


def test_defect_19_a_maximum_history_of_0_shows_the_present_alone():
    assert observations(wrapped(Scripted("a", "b", "c"), "concat", max_history_length=0)) == ["a\n", "b\n", "c\n"]


def test_a_windowed_chat_is_the_chat_of_the_turns_in_the_window():
    seen = observations(wrapped(Scripted("a", "b", "c"), "concat_chat", max_history_length=1))
    assert seen[-1] == f"<|bos|>{message('user', 'b')}{message('assistant', 'act1')}{message('user', 'c')}{ASK}"


def test_a_window_that_begins_with_a_tool_begins_with_the_user():
    script = Scripted("a", ("b", {"use_tool": True}), "c")
    seen = observations(wrapped(script, "concat_chat", max_history_length=1))
    assert seen[-1].startswith(f"<|bos|>{message('user', 'b')}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_dict_keeps_its_pictures_and_has_the_history_in_its_problem(kind):
    env = wrapped(Scripted({"problem": "look", "images": [1]}, "end"), kind)
    first, _ = env.reset()
    assert first["images"] == [1]
    assert "look" in first["problem"]
    last = env.step("a cat")[0]
    assert "look" in last
    assert "end" in last


def test_an_observation_without_text_passes_through():
    env = wrapped(Scripted(7, None, {"images": [1]}), "concat_chat")
    assert observations(env) == [7, None, {"images": [1]}]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["", "\x00", "\ud800", "{{", "x" * 100_000, None, 3, ["a"]])
def test_any_action_has_its_place_in_the_history(kind, action):
    assert isinstance(observations(wrapped(Scripted("a", "b"), kind), [action])[-1], str)


def test_reset_passes_seed_and_options_on():
    env = wrapped(Scripted("a", "b", "c"), "concat")
    assert env.reset(seed=1, skip=1)[0] == "b\n"


def test_info_and_rewards_are_those_of_the_env():
    env = wrapped(Scripted(("a", HINTS), ("b", {"event": "e"})), "concat_chat")
    assert env.reset()[1] == HINTS
    assert env.step("x")[1:] == (0.5, True, False, {"event": "e"})


def test_a_reset_forgets_the_episode_before():
    env = wrapped(Scripted("a", "b"), "concat_chat")
    assert observations(env) == observations(env)


@pytest.mark.parametrize("tokenizer", [HEADERS_TOKENIZER, REWRITING_TOKENIZER], ids=["joined", "rendered"])
@pytest.mark.parametrize("more", [{}, {"max_history_length": 2}], ids=["all", "window"])
@pytest.mark.parametrize("kind", KINDS)
def test_snapshots_and_forks_hold_the_history(kind, more, tokenizer):
    env = wrapped(Scripted("a", "b", "c", "d"), kind, tokenizer, **more)
    env.reset()
    env.step("one")
    moment = env.snapshot()
    twins = [env.fork(), env.spawn(same_state=True), copy.deepcopy(env)]
    expected = env.step("two")[0]
    later = env.step("three")[0]
    assert [twin.step("two")[0] for twin in twins] == [expected] * 3
    for kept in (moment, pickle.loads(pickle.dumps(moment)), Snapshot.from_json(moment.to_json())):
        env.restore(kept)
        assert [env.step("two")[0], env.step("three")[0]] == [expected, later]
    json.loads(moment.to_json())


def test_a_wrapper_survives_pickling():
    env = wrapped(Scripted("a", "b", "c"), "concat_chat")
    env.reset()
    twin = pickle.loads(pickle.dumps(env))
    assert twin.step("x")[0] == env.step("x")[0]


def test_a_chat_without_a_tokenizer_is_refused():
    with pytest.raises(ConfigError, match="tokenizer"):
        ObservationWrapper(Scripted("a"))


def test_contradictory_settings_are_refused():
    with pytest.raises(ConfigError, match="choose one"):
        ObservationWrapper(Scripted("a"), apply_chat_template_on_reset=True, tokenizer=HEADERS_TOKENIZER)
    with pytest.raises(ConfigError, match="-1"):
        ObservationWrapper(Scripted("a"), include_chat_template=False, max_history_length=-1)


def test_a_chat_without_actions_has_none():
    env = ObservationWrapper(Scripted("a", "b"), include_action=False, tokenizer=HEADERS_TOKENIZER)
    assert observations(env)[-1] == f"<|bos|>{message('user', 'a')}{message('user', 'b')}{ASK}"


def test_the_kind_of_text_is_known_to_the_wrapper():
    kinds = [wrapped(Scripted("a"), kind).obs_type.value for kind in KINDS]
    assert kinds == KINDS == [kind.value for kind in (WrapperObsType(value) for value in KINDS)]


def test_defect_19_a_wrapper_shows_the_env_as_it_is_now():
    env = wrapped(gem.make("game:GuessTheNumber-v0-easy", seed=0), "concat")
    env.reset()
    env.step(env.sample_random_action())
    assert env.turn_count == env.unwrapped.turn_count == 1
    assert env.spawn(seed=1).reset()[0]
