"""Reference scores: measured honestly, kept in a file, read by `gem.reference`."""

import json
import math

import pytest

import gem
from gem import reference_scores
from gem.cli import main
from gem.cli.bench_scores import rounded, same_games
from gem.core import Env, termination
from gem.errors import UnknownEnv
from gem.reference_scores import from_json, references
from gem.rollout.scores import best_constant, measure

EASY = "game:GuessTheNumber-v1-easy"


@pytest.fixture
def scores_file(tmp_path, monkeypatch):
    """An empty place for the file that `gem.reference` reads."""
    path = tmp_path / "scores.json"
    monkeypatch.setattr(reference_scores, "BESIDE", tmp_path / "nothing.json")
    monkeypatch.setattr(reference_scores, "IN_CHECKOUT", path)
    reference_scores._scores.cache_clear()
    yield path
    reference_scores._scores.cache_clear()


@pytest.fixture(scope="module")
def easy():
    return measure(EASY, episodes=60)


def test_the_four_players_earn_what_they_must(easy):
    assert easy.expert.success == easy.expert.mean_return == 1.0
    assert easy.junk.mean_return == -0.1
    assert easy.junk.success == 0.0
    assert 0 < easy.random.success < 1
    assert easy.constant.mean_return < easy.random.mean_return
    assert easy.constant_action.startswith("\\boxed{")
    assert easy.expert.turns < 4 < easy.constant.turns + 1


def test_intervals_hold_their_means(easy):
    for player in (easy.random, easy.junk, easy.constant, easy.expert):
        assert player.return_low <= player.mean_return <= player.return_high
        assert player.success_low <= player.success <= player.success_high
        assert player.episodes == 60


def test_the_same_seed_measures_the_same(easy):
    again = measure(EASY, episodes=60)
    assert (again.random, again.constant, again.constant_action) == (easy.random, easy.constant, easy.constant_action)


def test_a_return_is_put_between_random_and_expert(easy):
    assert easy.normalised(easy.random.mean_return) == 0.0
    assert easy.normalised(1.0) == 1.0


class Coin(Env):
    """Heads pays always; there is no expert."""

    def _reset(self):
        self.state = None
        return "Heads or tails?", {}

    def _step(self, action):
        return termination("Done.", float(action == "heads"), success=action == "heads")

    def sample_random_action(self, rng=None):
        return ("heads", "tails")[rng.integers(2)]


def test_an_env_without_expert_is_measured_without_it(registry_as_it_was):
    gem.register("demo:Coin-v0", Coin)
    coin = measure("demo:Coin-v0", episodes=50)
    assert coin.expert is None
    assert (coin.constant_action, coin.constant.mean_return) == ("heads", 1.0)
    assert from_json("demo:Coin-v0", json.loads(json.dumps(rounded(coin)))).expert is None


def test_the_best_constant_is_found():
    assert best_constant(Coin(), seed=0) == "heads"


@pytest.mark.slow
def test_the_command_writes_what_reference_reads(scores_file, capsys):
    words = ["bench", "scores", "GuessTheNumber-v1", "--episodes", "20", "--jobs", "1", "--out", str(scores_file)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert set(references()) == {f"game:GuessTheNumber-v1{end}" for end in ("", "-easy", "-hard", "-random")}
    assert gem.reference(EASY).expert.success == 1.0
    assert EASY in printed
    assert main([*words, "--missing"]) == 2
    assert "nothing to measure" in capsys.readouterr().err
    with pytest.raises(UnknownEnv, match="Did you mean 'game:GuessTheNumber-v1-easy'"):
        gem.reference("game:GuessTheNumber-v1-eazy")


@pytest.mark.slow
def test_an_id_that_cannot_be_measured_leaves_the_file_alone(scores_file, capsys):
    scores_file.write_text("{}")
    assert main(["bench", "scores", "GuessTheNumber-v1-easy", "--episodes", "1", "--out", str(scores_file)]) == 2
    assert scores_file.read_text() == "{}"


def test_without_a_file_there_are_no_scores(scores_file):
    assert references() == {}
    with pytest.raises(UnknownEnv, match="no reference scores"):
        gem.reference(EASY)


def test_equal_players_leave_nothing_to_normalise(easy):
    from dataclasses import replace

    assert math.isnan(replace(easy, expert=easy.random).normalised(0.5))


def test_ids_of_the_very_same_game_are_measured_once():
    found = [gem.registry.spec(f"game:Game2048-v0{end}") for end in ("", "-easy", "-extreme-hard")]
    assert same_games(found) == {
        "game:Game2048-v0": ["game:Game2048-v0", "game:Game2048-v0-extreme-hard"],
        "game:Game2048-v0-easy": ["game:Game2048-v0-easy"],
    }


# -- the figures that are kept ------------------------------------------------------------------

MEASURED = references()
CERTIFIED = [env_id for env_id in MEASURED if env_id.startswith("game:") and "-v1" in env_id]


def test_every_id_with_a_solver_has_its_figures():
    expected = {spec.id for spec in gem.specs() if not spec.id.startswith("ta:")}
    assert set(MEASURED) == expected, "run: gem-gym bench scores --missing; python scripts/generate_tables.py"


LUCK = {"game:Game2048-v1": 0.99, "game:Game2048-v1-extreme-hard": 0.97}
"""Where chance decides some games even of good players: the least share that the expert wins."""


@pytest.mark.parametrize("env_id", CERTIFIED)
def test_on_certified_games_the_expert_wins_and_nothing_without_thought_pays(env_id):
    found = MEASURED[env_id]
    assert found.expert.success == found.expert.mean_return >= LUCK.get(env_id, 1.0)
    assert found.expert.episodes >= 500
    assert found.junk.return_high <= 0
    assert found.junk.success == 0
    assert found.constant.mean_return <= 0.2
    assert found.random.success <= 0.4


@pytest.mark.parametrize("env_id", [env_id for env_id in MEASURED if env_id.startswith("game:")])
def test_no_game_keeps_its_player_waiting(env_id):
    assert MEASURED[env_id].reset_p99_ms <= 20


@pytest.mark.parametrize("env_id", [env_id for env_id in MEASURED if env_id.startswith("rg:")])
def test_the_answer_is_paid_and_junk_is_not(env_id):
    found = MEASURED[env_id]
    assert found.expert.mean_return == 1.0
    assert found.junk.mean_return <= 0.05
