"""ta:*: TextArena's games, with seeds that have effect and the global generator left alone."""

import random
import re

import pytest

import gem
from gem import registry
from gem.checking import PROMISES, check_env
from gem.envs import textarena_ids
from gem.envs.textarena import as_move, options_in
from gem.errors import ConfigError, UnavailableEnv
from gem.multiagent import play_match
from gem.seeding import generator
from gem.snapshot import Snapshot

pytest.importorskip("textarena")
pytestmark = pytest.mark.slow
LISTS = (textarena_ids.GAMES, textarena_ids.NEEDS_WORD_LISTS, textarena_ids.NEEDS_PYTHON_312)
SOME = [
    f"ta:{name}"
    for name in (
        "GuessTheNumber-v0", "2048-v0-easy", "TowerOfHanoi-v0", "Mastermind-v0", "Blackjack-v0", "TicTacToe-v0",
        "KuhnPoker-v0", "ConnectFour-v0", "Nim-v0", "ThreePlayerTicTacToe-v0", "LiarsDice-v0-small",
    )
]  # fmt: skip


def test_every_game_of_the_package_is_listed():
    from textarena.envs.registration import ENV_REGISTRY

    theirs = {name for name in ENV_REGISTRY if not name.endswith(("-raw", "-train"))}
    listed = [name for games in LISTS for text in games.values() for name in text.split()]
    listed += [name for text in textarena_ids.ABSENT.values() for name in text.split()]
    assert len(listed) == len(set(listed))
    assert set(listed) == theirs


def test_listing_the_ids_imports_no_textarena(run_python):
    printed = run_python("import sys, gem; print(sum('ta:' in s.id for s in gem.specs()), 'textarena' in sys.modules)")
    count, imported = printed.split()
    assert int(count) > 150
    assert imported == "False"


@pytest.mark.parametrize("env_id", SOME)
def test_a_game_keeps_the_promises(env_id):
    check_env(env_id, seeds=(0, 2**64), max_steps=10, skip=["long_replies_are_answered_quickly"])


@pytest.mark.parametrize("env_id", ["ta:TicTacToe-v0", "ta:GuessTheNumber-v0"])
def test_a_megabyte_is_answered(env_id):
    check_env(env_id, skip=PROMISES.keys() - {"long_replies_are_answered_quickly"})


@pytest.mark.parametrize(("env_id", "word"), [("ta:Debate-v0", "OpenRouter"), ("ta:Klondike-v0", "Python")])
def test_what_cannot_run_says_why_in_a_sentence(env_id, word):
    with pytest.raises(UnavailableEnv, match=word) as caught:
        gem.make(env_id)
    assert str(caught.value).startswith(f"{env_id} cannot run here: ")


def test_each_game_has_a_spec_or_a_reason():
    gem.specs()
    for games in LISTS:
        for name in (name for text in games.values() for name in text.split()):
            assert (f"ta:{name}" in gem.ENV_REGISTRY) != (f"ta:{name}" in registry.UNAVAILABLE)


def test_seeds_have_effect_and_the_global_generator_none():
    env = gem.make("ta:GuessTheNumber-v0")
    random.seed(5)
    before = random.getstate()
    secrets = []
    for seed in (1, 2, 3, 1):
        env.reset(seed=seed)
        secrets.append(env.world.game.game_number)
        random.random()
        env.step(env.sample_random_action())
        random.setstate(before)
    assert secrets[0] == secrets[3]
    assert len(set(secrets)) > 1
    env.reset(seed=9)
    assert random.getstate() == before


def test_a_player_wins_alone():
    env = gem.make("ta:GuessTheNumber-v0")
    obs, _ = env.reset(seed=3)
    assert "between 1 and 20" in obs
    result = env.step(f"I say \\boxed{{{env.world.game.game_number}}}.")
    assert (result.reward, result.terminated, result.info["success"]) == (1.0, True, True)


def test_the_observation_holds_all_hints_and_only_the_last_board():
    env = gem.make("ta:GuessTheNumber-v0")
    env.reset(seed=3)
    wrong = [number for number in range(1, 20) if number != env.world.game.game_number]
    env.step(f"\\boxed{{{wrong[0]}}}")
    obs = env.step(f"\\boxed{{{wrong[1]}}}").obs
    assert obs.count("The target number is") == 2
    assert obs.startswith("Said before:\nYou: ")
    board = gem.make("ta:TicTacToe-v0")
    board.reset(seed=0)
    board.step("\\boxed{4}")
    obs = board.step(board.sample_random_action(generator(0))).obs
    assert obs.count("Current Board:") == 2  # after the agent's move, and after the opponent's


def test_nonsense_loses_and_never_earns():
    for env_id in SOME:
        env = gem.make(env_id)
        env.reset(seed=0)
        total = 0.0
        for _ in range(6):
            result = env.step("I would rather talk about the weather.")
            total += result.reward
            if result.done:
                assert result.info["success"] is False
                break
        assert total <= 0


def test_an_opponent_who_breaks_the_rules_gives_no_win():
    env = gem.make("ta:TicTacToe-v0", opponent=lambda told, dice: "I pass.")
    env.reset(seed=0)
    result = env.step("\\boxed{4}")
    assert (result.reward, result.terminated, result.truncated) == (0.0, False, True)
    assert "an opponent, made an invalid move" in result.info["error"]


def test_any_seat_can_be_taken_and_no_other():
    env = gem.make("ta:TicTacToe-v0", seat=1)
    obs, _ = env.reset(seed=0)
    assert "You are Player 1" in obs
    assert len(env.state.moves) == 1
    with pytest.raises(ConfigError, match="no seat 2"):
        gem.make("ta:TicTacToe-v0", seat=2)


def test_a_snapshot_is_the_moves_and_goes_through_json():
    env = gem.make("ta:ConnectFour-v0")
    env.reset(seed=4)
    rng = generator(0)
    for _ in range(3):
        env.step(env.sample_random_action(rng))
    twin, text = env.fork(), env.snapshot().to_json()
    other = gem.make("ta:ConnectFour-v0")
    other.restore(Snapshot.from_json(text))
    action = env.sample_random_action(rng)
    assert env.step(action) == twin.step(action) == other.step(action)
    assert twin.world is not env.world


@pytest.mark.parametrize(
    ("reply", "move"),
    [("\\boxed{4}", "[4]"), ("so \\boxed{ A B }!", "so [A B]!"), ("[3]", "[3]"), (None, ""), ("x" * 9000, "x" * 4000)],
)
def test_a_box_becomes_brackets(reply, move):
    assert as_move(reply) == move


def test_agents_in_every_seat_play_a_match():
    from gem.envs.textarena_match import TextArenaMatch

    match = TextArenaMatch("TicTacToe-v0", num_players=2)

    def options(observation):
        return re.findall(r"'\[(\d)\]'", observation)

    players = dict.fromkeys(match.possible_agents, lambda seen: f"\\boxed{{{options(seen)[-1]}}}")
    returns = play_match(match, players, seed=1)
    assert returns == {"Player 0": 1.0, "Player 1": -1.0}
    assert play_match(match, players, seed=1) == returns
    observations, _ = match.reset(seed=2)
    assert "You are Player 0" in observations["Player 0"]
    assert options_in(match.world.heard[0]) == list("012345678")


def test_opponents_who_come_to_no_end_are_broken_off():
    from gem.envs.textarena import TextArenaEnv

    env = TextArenaEnv("SantoriniBaseFixed-v0", num_players=2, opponent=lambda told, dice: "hm")
    env.reset(seed=0)
    result = env.step(env.sample_random_action(generator(0)))
    assert (result.reward, result.terminated, result.truncated) == (0.0, False, True)
    assert "come to no end" in result.info["error"]


def test_a_game_that_binds_its_chance_when_it_is_made_is_seeded_too():
    env = gem.make("ta:Secretary-v0")
    values = [env.reset(seed=seed)[0] + env.step("\\boxed{continue}").obs for seed in (1, 2, 1)]
    assert values[0] == values[2] != values[1]
