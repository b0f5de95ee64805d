"""Difficulty by name: every game has the same five tiers, its expert wins each, and they are in order."""

import pytest

import gem
from gem.envs.games._game import Game
from gem.errors import ConfigError, UnknownArgument
from tests.envs.games.expert import finish

NAMES = ["trivial", "easy", "medium", "hard", "very hard"]
PLAIN = {spec.load(): spec.id for spec in gem.specs() if spec.id.startswith("game:") and "-v1" in spec.id}
TIERED = {kind: env_id for kind, env_id in PLAIN.items() if getattr(kind, "tiers", {})}
LUCK = {"Hangman", "KuhnPoker", "Game2048"}
"""Games whose expert may lose by chance."""


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if issubclass(kind, Game)])
def test_every_game_has_the_five_tiers(kind):
    assert list(kind.tiers) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("tier", NAMES)
@pytest.mark.parametrize("env_id", TIERED.values())
def test_the_expert_wins_each_tier(env_id, tier):
    env = gem.make(env_id, difficulty=tier)
    seeds = 15 if "2048" not in env_id else 5 if tier in NAMES[:2] else 1
    wins = 0
    for seed in range(seeds):
        env.reset(seed=seed)
        wins += finish(env)[1]["success"]
    assert wins == seeds or (wins >= seeds / 3 and any(name in env_id for name in LUCK))


def test_a_tier_sets_its_arguments_and_given_ones_win():
    env = gem.make("game:TowerofHanoi-v1", difficulty="trivial", max_turns=77)
    assert env.num_disks == type(env).tiers["trivial"]["num_disks"]
    assert env.turn_limit == 77
    assert env.partial_credit is False
    assert env.spawn(difficulty="hard").num_disks == type(env).tiers["hard"]["num_disks"]


def test_an_unknown_tier_names_the_closest():
    with pytest.raises(ConfigError, match="Did you mean 'very hard'"):
        gem.make("game:TowerofHanoi-v1", difficulty="veryhard")


def test_an_env_without_tiers_takes_no_difficulty(registry_as_it_was):
    class Plain(gem.Env):
        """Nothing to choose."""

    gem.register("demo:Plain-v0", Plain)
    with pytest.raises(UnknownArgument, match="difficulty"):
        gem.make("demo:Plain-v0", difficulty="hard")


def test_an_env_may_have_a_difficulty_of_its_own(registry_as_it_was):
    class Own(gem.Env):
        """Has its own scale."""

        def __init__(self, difficulty=1):
            super().__init__()
            self.difficulty = difficulty

    gem.register("demo:Own-v0", Own)
    assert gem.make("demo:Own-v0", difficulty=7).difficulty == 7
