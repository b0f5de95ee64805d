"""Wrappers by name."""

import pytest

from gem.errors import ConfigError
from gem.wrappers import EpisodeTrackingWrapper, ObservationWrapper
from gem.wrappers.presets import TOKENIZER_REQUIRED, WRAPPER_FACTORY, get_wrapper_fns
from tests.wrappers.chat_templates import TOKENIZERS
from tests.wrappers.scripted_env import Scripted

TOKENIZER = TOKENIZERS["no tools"]


def test_names_become_wrappers_the_innermost_first():
    env = Scripted("a", "b")
    for wrap in get_wrapper_fns(" concat , episode_tracking "):
        env = wrap(env)
    assert isinstance(env, EpisodeTrackingWrapper)
    assert isinstance(env.env, ObservationWrapper)


def test_no_names_are_no_wrappers():
    assert get_wrapper_fns("") == []


@pytest.mark.parametrize("name", WRAPPER_FACTORY)
def test_every_preset_wraps_an_env(name):
    (wrap,) = get_wrapper_fns(name, tokenizer=TOKENIZER)
    env = wrap(Scripted("a", "b"))
    env.reset()
    assert "b" in env.step("x")[0]


def test_chats_ask_for_a_tokenizer():
    for name in TOKENIZER_REQUIRED:
        with pytest.raises(ConfigError, match="tokenizer="):
            get_wrapper_fns(name)


def test_an_unknown_name_offers_what_may_be_meant():
    with pytest.raises(ConfigError, match="Did you mean 'concat_chat'"):
        get_wrapper_fns("concat_chatt")
