"""The toy tasks for tools: their promises, and what each call does."""

import math

import pytest

import gem
from gem.checking import check_env
from gem.envs.tool_task_ids import TASKS
from gem.envs.tool_tasks import BOXES, DecoyEnv, DelayedEnv, HintEnv, ToolTask, TwoStepEnv
from gem.errors import ConfigError
from gem.tools import ToolEnvWrapper
from gem.tools.oracle_tool import OracleTool

IDS = list(TASKS)
EPISODES = 1500


def started(env, seed=0):
    env.reset(seed=seed)
    return env


def played(env, move, episodes):
    """Success, mean return and turns of a player."""
    wins, total, turns = 0, 0.0, set()
    for seed in range(episodes):
        env.reset(seed=seed)
        done, count, info = False, 0, {}
        while not done:
            _, reward, terminated, truncated, info = env.step(move())
            total, count, done = total + reward, count + 1, terminated or truncated
        wins += info["success"]
        turns.add(count)
    return wins / episodes, total / episodes, turns


@pytest.mark.slow
@pytest.mark.parametrize("env_id", IDS)
def test_every_promise_of_the_contract_is_kept(env_id):
    check_env(env_id, seeds=(-7, 2**64), skip=["long_replies_are_answered_quickly"])


@pytest.mark.parametrize("env_id", IDS)
def test_the_tool_raises_success_from_0_3_to_0_9(env_id):
    first, *_, last = gem.make(env_id).strategies()
    assert (first.name, first.success) == ("without tools", 0.3)
    assert (last.name, last.success) == ("expert", 0.9)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("arguments", [{}, {"base_rate": 0.5, "tool_rate": 0.75, "price": 0.1}])
def test_each_strategy_earns_what_it_promises(env_id, arguments):
    env = gem.make(env_id, **arguments)
    for strategy in env.strategies():
        success, mean_return, turns = played(env, strategy.move, EPISODES)
        slack = 4 * math.sqrt(0.25 / EPISODES)
        assert abs(success - strategy.success) < slack, strategy.name
        assert abs(mean_return - strategy.mean_return) < slack, strategy.name
        assert abs((success - mean_return) - (strategy.success - strategy.mean_return)) < 1e-9, "its calls have a price"
        assert turns == {strategy.turns}


def test_the_sources_are_right_as_often_as_they_should_be_whatever_the_others_say():
    env, counts = HintEnv(), {}
    for seed in range(EPISODES):
        state = started(env, seed).state
        rumour, told = state.rumour == state.coin, state.told["oracle"] == state.coin
        counts[rumour, told] = counts.get((rumour, told), 0) + 1
        assert {1 <= box <= BOXES for box in (state.coin, state.rumour, state.told["oracle"])} == {True}
    expected = {(a, b): (0.3 if a else 0.7) * (0.9 if b else 0.1) for a in (False, True) for b in (False, True)}
    for case, share in expected.items():
        assert abs(counts[case] / EPISODES - share) < 4 * math.sqrt(share * (1 - share) / EPISODES)


@pytest.mark.parametrize("env_id", IDS)
def test_no_player_can_do_better_than_the_optimum(env_id):
    env = gem.make(env_id)
    assert env.optimal_return == max(strategy.mean_return for strategy in env.strategies())


def test_a_tool_that_is_not_worth_its_price_is_left_alone():
    env = started(HintEnv(price=0.7))
    assert not env.worth_asking
    assert env.solve() == env.believe_rumour()
    assert env.strategies()[-1][2:] == (0.3, 0.3, 1)
    assert "30%" in env.luck
    assert HintEnv().luck == "the tool is right in 90% of all episodes"


@pytest.mark.parametrize(
    "arguments",
    [
        {"base_rate": 0.1}, {"base_rate": 0.9, "tool_rate": 0.3}, {"tool_rate": 1.1}, {"price": -0.1},
        {"price": math.inf}, {"price": math.nan}, {"base_rate": math.nan},
    ],
)  # fmt: skip
def test_rates_that_make_no_sense_are_refused(arguments):
    with pytest.raises(ConfigError):
        HintEnv(**arguments)


# -- what each call does --------------------------------------------------------------------------


def test_a_call_tells_what_the_oracle_says_and_costs_its_price():
    env = started(HintEnv(price=0.25))
    said = env.state.told["oracle"]
    result = env.step("\\boxed{ask}")
    assert (result.reward, result.done) == (-0.25, False)
    assert f"oracle: {said}\n" in result.obs
    assert env.step("\\boxed{ask}").reward == 0, "nothing new, and nothing paid"
    assert env.solve() == f"\\boxed{{{said}}}"


def test_the_coin_is_in_one_box_only():
    env = HintEnv()
    for box in range(1, BOXES + 1):
        started(env)
        result = env.step(f"\\boxed{{{box}}}")
        assert (result.terminated, result.reward) == (True, float(box == env.state.coin))


def test_the_note_needs_the_key_that_was_found():
    env = started(TwoStepEnv())
    key = env.state.told["key"]
    assert f"key: {key}\n" in env.step("\\boxed{look}").obs
    assert f"note: {env.state.told['note']}\n" in env.step(f"\\boxed{{open {key}}}").obs


def test_a_wrong_key_breaks_and_the_note_is_lost():
    env = started(TwoStepEnv())
    key = env.state.told["key"]
    assert "the note is lost" in env.step(f"\\boxed{{open {key % BOXES + 1}}}").obs
    assert "note:" not in env.step(f"\\boxed{{open {key}}}").obs
    assert env.solve() == env.believe_rumour()


def test_the_fox_knows_nothing():
    env, right = DecoyEnv(), 0
    for seed in range(EPISODES):
        right += started(env, seed).state.told["fox"] == env.state.coin
    assert abs(right / EPISODES - 1 / BOXES) < 4 * math.sqrt(1 / BOXES / EPISODES)


@pytest.mark.parametrize("delay", [1, 2, 8])
def test_only_a_letter_of_the_first_turn_is_answered_in_time(delay):
    for asked in range(delay + 1):
        env = started(DelayedEnv(delay=delay))
        for turn in range(delay + 1):
            result = env.step("\\boxed{ask}" if turn == asked else "\\boxed{wait}")
            assert (result.reward, result.done) == (0, False)
        assert ("letter:" in result.obs) == (asked == 0)
        assert env.step("\\boxed{1}").terminated
        assert env.turn_count == delay + 2


def test_no_answer_is_taken_before_the_boxes_open():
    env = started(DelayedEnv(delay=2))
    right = f"\\boxed{{{env.state.coin}}}"
    assert [env.step(right)[1:3] for _ in range(4)] == [(0, False)] * 3 + [(1, True)]


def test_who_does_not_answer_in_the_last_turn_gets_nothing():
    env = started(DelayedEnv(delay=1))
    *_, last = (env.step("\\boxed{wait}") for _ in range(3))
    assert (last.truncated, last.reward, last.info["success"]) == (True, 0, False)


def test_the_delay_has_tiers_and_limits():
    assert [gem.make("tool:Delayed-v1", difficulty=tier).delay for tier in ("easy", "medium", "hard")] == [2, 8, 24]
    with pytest.raises(ConfigError):
        DelayedEnv(delay=0)


def test_prompts_are_short_enough_for_the_tiny_model():
    for env_id in IDS:
        env = gem.make(env_id)
        obs, _ = env.reset(seed=0)
        texts, done = [obs], False
        while not done:
            action = env.solve()
            obs, _, terminated, truncated, _ = env.step(action)
            texts += [action, obs]
            done = terminated or truncated
        assert sum(map(len, texts)) < 1200


# -- the same as a tool ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env_id", "calls"),
    [("tool:Hint-v1", ["ask"]), ("tool:TwoStep-v1", ["look", "open {key}"]), ("tool:Decoy-v1", ["ask owl"])],
)
def test_the_tool_says_what_the_env_would(env_id, calls):
    env = ToolEnvWrapper(gem.make(env_id), [OracleTool()], tool_reward=-0.05)
    obs, _ = env.reset(seed=1)
    assert "<ask>" in obs
    task = env.unwrapped
    assert isinstance(task, ToolTask)
    for call in calls:
        result = env.step(f"<ask>{call.format(**task.state.told)}</ask> and more")
        assert (result.reward, result.info["tool_error"], result.info["use_tool"]) == (-0.05, False, True)
    assert task.turn_count == 0
    assert env.step(f"\\boxed{{{task.state.heard[task.source]}}}").terminated


def test_a_letter_by_the_tool_counts_for_the_turn_to_come():
    for waited, arrives in ((0, True), (1, False)):
        env = ToolEnvWrapper(gem.make("tool:Delayed-v1", delay=2), [OracleTool()])
        env.reset(seed=1)
        for _ in range(waited):
            env.step("\\boxed{wait}")
        env.step("<ask>ask</ask>")
        for _ in range(3 - waited):
            obs = env.step("\\boxed{wait}").obs
        assert ("letter:" in obs) == arrives
        assert env.step("\\boxed{1}").terminated


def test_a_call_that_makes_no_sense_is_an_error_of_the_agent():
    env = ToolEnvWrapper(gem.make("tool:Hint-v1"), [OracleTool()])
    env.reset(seed=1)
    for call in ("", "look", "ask ask", "\x00" * 1000, "7"):
        result = env.step(f"<ask>{call}</ask>")
        assert result.info["tool_error"]
        assert "cannot be done now" in result.obs


def test_a_fork_has_a_tool_of_its_own():
    env = ToolEnvWrapper(gem.make("tool:Hint-v1"), [OracleTool()])
    env.reset(seed=1)
    twin = env.fork()
    twin.step("<ask>ask</ask>")
    assert (list(twin.unwrapped.state.heard), list(env.unwrapped.state.heard)) == (["oracle"], [])


def test_the_tool_serves_no_other_env():
    with pytest.raises(ConfigError, match="serves the tasks"):
        ToolEnvWrapper(gem.make("game:GuessTheNumber-v0-easy"), [OracleTool()])
    with pytest.raises(ConfigError, match="put it into a ToolEnvWrapper"):
        OracleTool().execute_action("<ask>ask</ask>")
    assert OracleTool().execute_action("nothing") == (False, True, "", "nothing")
