"""Every game keeps every promise of the contract; a game that is registered is a game that is checked.

Envs of other packages are checked beside their own tests, in tests/envs. `gem-gym check --all` checks all of them.
"""

import pytest

from gem.checking import PROMISES, check_env
from gem.registry import specs

GAMES = [spec for spec in specs() if spec.id.startswith("game:")]
IDS = [spec.id for spec in GAMES]
SLOW_PROMISES = ["long_replies_are_answered_quickly"]
ONE_EPISODE = ("game:TowerofHanoi-v0", "game:TowerofHanoi-v0-easy", "game:TowerofHanoi-v0-hard")
"""Ids whose every episode begins alike, as their users know them; the -v1 twins scatter the disks."""
SAME_GAME = ("game:Game2048-v0", "game:Game2048-v0-extreme-hard")
"""Ids whose expert would play the thousand moves of game:Game2048-v1-extreme-hard once more."""
EXCEPTIONS = {**dict.fromkeys(ONE_EPISODE, "seeds_differ"), **dict.fromkeys(SAME_GAME, "oracle_wins")}


def test_exceptions_are_made_for_envs_that_exist():
    assert set(EXCEPTIONS) <= set(IDS)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", IDS)
def test_an_env_keeps_its_promises(env_id):
    excepted = [EXCEPTIONS[env_id]] if env_id in EXCEPTIONS else []
    seeds = (2**64,) if "2048" in env_id else (-7, 2**64)  # its expert plays a thousand moves
    check_env(env_id, seeds=seeds, max_steps=20, skip=[*SLOW_PROMISES, *excepted])


@pytest.mark.slow
@pytest.mark.parametrize("env_id", sorted({spec.entry_point: spec.id for spec in GAMES}.values()))
def test_an_env_answers_a_megabyte_of_anything(env_id):
    check_env(env_id, skip=PROMISES.keys() - set(SLOW_PROMISES))


@pytest.mark.parametrize("env_id", [env_id for env_id in IDS if "GuessTheNumber" in env_id])
def test_guess_the_number_keeps_its_promises(env_id):
    check_env(env_id, seeds=(0,), skip=SLOW_PROMISES)
