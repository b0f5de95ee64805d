"""Every registered env keeps every promise of the contract; an env that is registered is an env that is checked."""

import pytest

from gem.checking import PROMISES, check_env
from gem.registry import specs

IDS = [spec.id for spec in specs()]
SLOW_PROMISES = ["long_replies_are_answered_quickly"]
ONE_EPISODE = ("game:TowerofHanoi-v0", "game:TowerofHanoi-v0-easy", "game:TowerofHanoi-v0-hard")
"""Ids whose every episode begins alike, as their users know them; the -v1 twins scatter the disks."""
EXCEPTIONS = dict.fromkeys(ONE_EPISODE, "seeds_differ")


def test_exceptions_are_made_for_envs_that_exist():
    assert set(EXCEPTIONS) <= set(IDS)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", IDS)
def test_an_env_keeps_its_promises(env_id):
    excepted = [EXCEPTIONS[env_id]] if env_id in EXCEPTIONS else []
    check_env(env_id, seeds=(0, -7, 2**64), skip=[*SLOW_PROMISES, *excepted])


@pytest.mark.slow
@pytest.mark.parametrize("env_id", sorted({spec.entry_point: spec.id for spec in specs()}.values()))
def test_an_env_answers_a_megabyte_of_anything(env_id):
    check_env(env_id, skip=PROMISES.keys() - set(SLOW_PROMISES))


@pytest.mark.parametrize("env_id", [env_id for env_id in IDS if "GuessTheNumber" in env_id])
def test_guess_the_number_keeps_its_promises(env_id):
    check_env(env_id, seeds=(0,), skip=SLOW_PROMISES)
