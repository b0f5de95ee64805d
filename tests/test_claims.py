"""The paper's claims in small (`benchmarks/claims`): their games are the envs', their gradients right, verdicts earned.

What the scripts find is not tested here: they take minutes, and say it themselves.
"""

import ast
import importlib
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

import gem
from gem.envs.games.guess_the_number import GuessTheNumberEnv
from gem.train.advantages import rebn, reinforce

CLAIMS = Path(__file__).parent.parent / "benchmarks/claims"
SCRIPTS = ("gamma", "invariance", "critic", "tool_use", "generalisation", "credit", "explained_variance")
SHARED = ("verdicts", "softmax_table", "interval_game", "small_model", "small_sudoku")


@pytest.fixture(scope="module")
def claims():
    """Imports a file of the folder by name; afterwards none of its names is left behind."""
    before = set(sys.modules)
    sys.path.insert(0, str(CLAIMS))
    yield importlib.import_module
    sys.path[:] = [entry for entry in sys.path if not entry.startswith(str(CLAIMS.parent))]
    for name in {*SCRIPTS, *SHARED, "paired"} - before:
        sys.modules.pop(name, None)


# -- the game in a table ------------------------------------------------------------------


@pytest.mark.parametrize("partial_credit", [True, False])
@pytest.mark.parametrize(("size", "limit"), [(20, 10), (10, 4), (10, 2), (5, 1)])
def test_the_games_rules_are_those_of_the_env(claims, size, limit, partial_credit):
    interval_game = claims("interval_game")
    game = interval_game.Game(size, limit, partial_credit)
    turns, target_B = interval_game.play(game, game.policy(), 12, np.random.default_rng(size + limit))
    env = GuessTheNumberEnv(1, size, limit, partial_credit)
    for episode, target in enumerate(target_B):
        env.reset(seed=0)
        env.state.target = int(target) + 1
        mine = turns.episode_N == episode
        guesses, rewards, states = turns.action_N[mine], turns.rewards_N[mine], turns.state_N[mine]
        for number, (guess, reward, state) in enumerate(zip(guesses, rewards, states, strict=True), 1):
            assert divmod(state, size) == tuple(bound - 1 for bound in env._possible())
            _, paid, terminated, truncated, _ = env.step(f"\\boxed{{{guess + 1}}}")
            assert paid == pytest.approx(reward, abs=1e-12)
            assert (terminated or truncated) == (number == len(guesses))


def test_members_of_a_group_have_one_hidden_number(claims):
    interval_game = claims("interval_game")
    game = interval_game.Game(20, 10)
    turns, target_B = interval_game.play(game, game.policy(), 3, np.random.default_rng(0), group_size=4)
    assert (target_B.reshape(3, 4) == target_B.reshape(3, 4)[:, :1]).all()
    assert (turns.group_N == turns.episode_N // 4).all()
    assert sorted(set(turns.episode_N)) == list(range(12))
    assert (np.diff(turns.episode_N) >= 0).all()


@pytest.mark.parametrize(
    ("size", "mean_turns"), [(1, 1.0), (10, 2.9), (20, 3.7), pytest.param(50, 4.86, marks=pytest.mark.slow)]
)
def test_the_optimum_is_that_of_bisection(claims, size, mean_turns):
    interval_game = claims("interval_game")
    assert interval_game.optimum(interval_game.Game(size, 10)) == pytest.approx(mean_turns)


def test_exact_averages_are_those_of_many_episodes(claims):
    interval_game = claims("interval_game")
    game = interval_game.Game(8, 3)
    policy = game.policy()
    allowed = np.isfinite(policy.logits_S_A)
    policy.logits_S_A[allowed] = np.random.default_rng(1).normal(size=allowed.sum())
    exact = interval_game.exact(game, policy)
    episodes = 20_000
    turns, target_B = interval_game.play(game, policy, episodes, np.random.default_rng(2))
    won = np.bincount(turns.episode_N, turns.action_N == target_B[turns.episode_N], episodes)
    assert len(turns.rewards_N) / episodes == pytest.approx(exact.turns, abs=0.03)
    assert won.mean() == pytest.approx(exact.success, abs=0.02)
    assert turns.rewards_N.sum() / episodes == pytest.approx(exact.total_reward, abs=0.02)


def test_a_loss_can_cost(claims):
    interval_game = claims("interval_game")
    game = interval_game.Game(3, 1, partial_credit=False, loss=-1.0)
    averages = interval_game.exact(game, game.policy())
    assert averages == pytest.approx((1.0, 1 / 3, 1 / 3 - 2 / 3))


# -- the policy in a table ----------------------------------------------------------------


def objective(policy, turns, advantages_N):
    chosen = policy.probabilities(turns.state_N)[np.arange(len(advantages_N)), turns.action_N]
    return float(np.mean(advantages_N * np.log(chosen)))


def test_the_gradient_is_that_of_finite_differences(claims):
    interval_game = claims("interval_game")
    game = interval_game.Game(5, 3)
    policy, rng = game.policy(), np.random.default_rng(0)
    allowed = np.isfinite(policy.logits_S_A)
    policy.logits_S_A[allowed] = rng.normal(size=allowed.sum())
    turns, _ = interval_game.play(game, policy, 6, rng)
    advantages_N = rng.normal(size=len(turns.rewards_N))
    gradient, step = policy.gradient(turns, advantages_N), 1e-5
    assert np.abs(gradient[allowed]).max() > 0.01
    assert (gradient[~allowed] == 0).all()
    for place in zip(*np.nonzero(allowed), strict=True):
        there = policy.logits_S_A[place]
        policy.logits_S_A[place] = there + step
        up = objective(policy, turns, advantages_N)
        policy.logits_S_A[place] = there - step
        down = objective(policy, turns, advantages_N)
        policy.logits_S_A[place] = there
        assert gradient[place] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_adam_goes_its_first_step_by_the_learning_rate_and_up(claims):
    softmax_table = claims("softmax_table")
    policy = softmax_table.SoftmaxTable(np.ones((1, 2), dtype=np.bool_), lr=0.05)
    turns = softmax_table.single_turns(np.ones(1), np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64))
    policy.improve(turns, np.ones(1))
    assert policy.logits_S_A == pytest.approx(np.array([[-0.05, 0.05]]), abs=1e-6)


def test_what_is_not_allowed_is_never_drawn_nor_learned(claims):
    softmax_table = claims("softmax_table")
    allowed = np.array([[True, False, True]])
    policy = softmax_table.SoftmaxTable(allowed)
    actions = policy.draw(np.zeros(500, dtype=np.int64), np.random.default_rng(0))
    assert set(actions) == {0, 2}
    turns = softmax_table.single_turns(np.ones(500), np.zeros(500, dtype=np.int64), actions)
    policy.improve(turns, reinforce(turns.rewards_N, turns.episode_N, 1.0))
    assert policy.probabilities(np.array([0]))[0, 1] == 0
    assert np.isfinite(policy.logits_S_A[allowed[0][None]]).all()


def test_training_with_a_discount_shortens_the_game(claims):
    interval_game, softmax_table = claims("interval_game"), claims("softmax_table")
    game = interval_game.Game(7, 5)
    policy = interval_game.train(game, softmax_table.batch_level(rebn, 0.9), steps=25, seed=0, episodes=32, lr=0.1)
    before, after = (interval_game.exact(game, some).turns for some in (game.policy(), policy))
    assert interval_game.optimum(game) <= after < before - 0.2


# -- the tool in a table ------------------------------------------------------------------


@pytest.mark.parametrize(("call", "strategy"), [(False, "without tools"), (True, "expert")])
def test_the_tools_table_pays_what_the_env_promises(claims, call, strategy):
    tool_use = claims("tool_use")
    promised = next(entry for entry in gem.make("tool:Hint-v1").strategies() if entry.name == strategy)
    policy = tool_use.new_policy()
    policy.logits_S_A[:] = [0.0, 800.0] if call else [800.0, 0.0]
    episodes = 4000
    turns = tool_use.play(policy, np.random.default_rng(0), episodes=episodes)
    assert len(turns.rewards_N) == episodes * promised.turns
    assert turns.rewards_N.sum() / episodes == pytest.approx(promised.success, abs=0.03)


def test_only_the_last_turn_of_a_tool_episode_is_paid(claims):
    tool_use = claims("tool_use")
    policy = tool_use.new_policy()
    policy.logits_S_A[:] = 0.0
    turns = tool_use.play(policy, np.random.default_rng(3), failure=-1.0, episodes=50)
    last_N = np.append(turns.episode_N[1:] != turns.episode_N[:-1], True)
    assert set(turns.rewards_N[last_N]) == {-1.0, 1.0}
    assert set(turns.rewards_N[~last_N]) == {0.0}
    assert (turns.state_N[~last_N] == tool_use.BEFORE).all()
    assert (turns.action_N[~last_N] == tool_use.CALL).all()


# -- verdicts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "side", "bound", "verdict"),
    [
        ([1.0, 1.1, 0.9, 1.2, 1.0], "above", 0.5, "holds"),
        ([1.0, 1.1, 0.9, 1.2, 1.0], "below", 1.5, "holds"),
        ([1.0, 1.1, 0.9, 1.2, 1.0], "above", 1.5, "does not hold"),
        ([1.0, 1.1, 0.9, 1.2, 1.0], "below", 0.5, "does not hold"),
        ([-2.0, 2.0, -1.0, 1.5, 0.2], "above", 0.0, "not separable"),
        ([0.0, 0.0, 0.0, 0.0, 0.0], "above", 0.0, "not separable"),
        ([1.0, 1.1, 0.9, 1.2], "above", 0.5, "not separable"),  # too few seeds
        ([1.0, 1.1, 0.9, 1.2, math.nan], "above", 0.5, "not separable"),
    ],
)
def test_a_check_is_decided_by_its_interval(claims, figures, side, bound, verdict):
    assert claims("verdicts").Check("made up", figures, side, bound).verdict == verdict


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (["holds", "holds"], "holds"),
        (["holds", "not separable"], "not separable"),
        (["does not hold", "not separable"], "does not hold"),
        (["holds", "does not hold"], "does not hold"),
        ([], "not separable"),
    ],
)
def test_a_claim_holds_only_as_a_whole(claims, parts, verdict):
    assert claims("verdicts").overall(parts) == verdict


def test_an_interval_is_that_of_student_and_none_of_one_seed(claims):
    interval_of = claims("verdicts").interval_of
    values = np.random.default_rng(0).normal(size=30)
    low, high = interval_of(list(values))
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 2.045 * values.std(ddof=1) / math.sqrt(30), rel=0.1)  # t of 29: 2.045
    assert interval_of([3.0] * 5) == (3.0, 3.0)
    assert all(math.isnan(bound) for bound in interval_of([3.0]) + interval_of([3.0, math.nan]))


def test_a_report_pairs_seeds_and_ends_with_its_verdict(claims, tmp_path):
    verdicts = claims("verdicts")
    report = verdicts.Report("One is more than the other.", {"steps": 1})
    for seed in range(5):
        report.add("one", turns=seed + 2.0)
        report.add("other", turns=seed + 1.5)
    difference = report.paired("turns", "one", "other")
    assert difference == [0.5] * 5
    report.checks = [verdicts.Check("difference", difference, "above")]
    report.asides = [verdicts.Check("the other way", difference, "below")]
    lines = report.text().splitlines()
    assert lines[0] == "One is more than the other."
    assert lines[-1] == "VERDICT: holds"  # asides do not count
    report.save(tmp_path / "report.json")
    saved = json.loads((tmp_path / "report.json").read_text())
    assert saved["verdict"] == "holds"
    assert saved["figures"]["one"]["turns"] == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert (saved["checks"][0]["verdict"], saved["asides"][0]["verdict"]) == ("holds", "does not hold")


def test_options_know_what_quick_means(claims):
    verdicts = claims("verdicts")

    def chosen(*words):
        found = verdicts.parsed(verdicts.options("What it is.\nMore.", steps=100, quick_steps=3), words)
        return found.seeds, found.steps

    assert chosen() == (5, 100)
    assert chosen("--quick") == (2, 3)
    assert chosen("--quick", "--steps", "7") == (2, 7)
    assert chosen("--seeds", "9") == (9, 100)
    with pytest.raises(SystemExit):
        chosen("--seeds", "0")


# -- the scripts --------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_writes_its_verdict_down_itself(name):
    """Verdicts come from `verdicts.py` alone, and the header tells how to run the script and how quickly."""
    text = (CLAIMS / f"{name}.py").read_text()
    tree = ast.parse(text)
    head = ast.get_docstring(tree)
    assert f"python benchmarks/claims/{name}.py --quick" in head
    assert "minute" in head
    told = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not {text for text in told if "VERDICT" in text or text in {"holds", "does not hold", "not separable"}}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gamma", "tool_use", "critic"])
def test_a_script_in_a_table_runs_to_its_verdict(claims, name, capsys, monkeypatch, tmp_path):
    out = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", [name, "--seeds", "1", "--steps", "2", "--json", str(out)])
    assert claims(name).main() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "VERDICT: not separable"
    assert json.loads(out.read_text())["settings"]["steps"] == 2


@pytest.mark.slow  # it imports torch
def test_a_critic_in_a_table_moves_its_values_towards_its_targets(claims):
    critic = claims("critic")
    turns = claims("softmax_table").Turns(
        np.array([0.0, 1.0]), np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64), np.array([4, 2]), np.zeros(2)
    )
    seeing, blind = critic.TableCritic(True, 1.0), critic.TableCritic(False, 1.0)
    advantages_N = seeing(turns)
    blind(turns)
    # λ = 0.95: the advantages are 0.95 and 1, whose mean and spread normalisation takes off.
    assert advantages_N == pytest.approx([-1.0, 1.0])
    assert seeing.values_S[[4, 2]] == pytest.approx([0.095, 0.1])
    assert blind.values_S[0] == pytest.approx(0.0975)
    assert np.count_nonzero(blind.values_S) == 1


# -- the embedded model -------------------------------------------------------------------


@pytest.mark.slow
def test_a_critic_at_the_first_token_values_all_states_alike(claims):
    from gem.agents import SolverAgent
    from gem.train.cloning import tokenize
    from gem.train.config import TrainConfig
    from gem.train.critic import Critic

    small_model, script = claims("small_model"), claims("explained_variance")
    config = TrainConfig(
        env="game:GuessTheNumber-v1-easy", warm_episodes=10, warm_epochs=1, width=16, layers=1, heads=2, context=256
    )
    agent = small_model.cloned(config)
    episodes = small_model.played(config.env, SolverAgent(), 4, seed=1)
    tokenize(episodes, agent)
    spreads = []
    for kind in (Critic, script.FirstTokenCritic):
        critic = kind(agent)
        critic.head.weight.data.fill_(0.3)
        values_N, _ = critic.values(episodes)
        assert len(values_N) == sum(len(episode.turns) for episode in episodes)
        spreads.append(np.ptp(values_N))
    assert spreads[0] > 1e-3 > 1e-5 > spreads[1]


@pytest.mark.slow
def test_a_cloned_model_reads_the_words_of_other_envs_and_can_be_trained(claims):
    from gem.train.config import TrainConfig

    small_model = claims("small_model")
    config = TrainConfig(
        env="game:GuessTheNumber-v1-easy",
        iterations=2,
        episodes=4,
        warm_episodes=10,
        warm_epochs=1,
        width=16,
        layers=1,
        heads=2,
        vocab_size=600,
    )
    agent = small_model.cloned(config, readable=["tool:Hint-v1"])
    alone = small_model.cloned(config)
    text = "A coin is in one of 8 boxes."
    assert len(agent.renderer.encode(text)) < len(alone.renderer.encode(text))
    assert agent.renderer.decode(agent.renderer.encode(text)) == text
    metrics = list(small_model.trained(config, agent))
    assert [line["iteration"] for line in metrics] == [1, 2]
