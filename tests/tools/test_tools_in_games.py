"""Tools around real games: in histories, in vectors, under every preset."""

import pytest

import gem
from gem.checking import check_env
from gem.core import Wrapper
from gem.tools import PythonCodeTool, ToolEnvWrapper, python_code_tool
from gem.wrappers.presets import WRAPPER_FACTORY, get_wrapper_fns
from tests.tools.fakes import FakeSandbox
from tests.wrappers.chat_templates import TOKENIZERS

GAME = "game:GuessTheNumber-v0-easy"
CALL = "Let me see. <python>x</python> I think it is 3."
PRESETS = [name for name in WRAPPER_FACTORY if name.startswith("python_tool")]
HISTORIES = ["concat", "concat_with_action", "concat_chat", "concat_chat_on_reset"]
INSTRUCTION = PythonCodeTool(timeout=5).instruction_string()


@pytest.fixture(autouse=True)
def _no_programs_run(monkeypatch):
    box = FakeSandbox()
    monkeypatch.setattr(python_code_tool, "shared", lambda _: box)


def made(names, tokenizer="chatml", env_id=GAME):
    env = gem.make(env_id, seed=3)
    for wrap in get_wrapper_fns(names, tokenizer=TOKENIZERS[tokenizer]):
        env = wrap(env)
    return env


@pytest.mark.parametrize(
    ("name", "reward"),
    [
        ("python_tool", 0.3),
        ("python_tool_no_int_reward", 0.0),
        ("python_tool_no_int_reward_last_line_error", 0.0),
    ],
)
def test_a_preset_pays_and_bounds_as_the_released_one(name, reward):
    env = made(name)
    env.reset()
    assert (env.max_tool_uses, env.tools[0].timeout) == (5, 5)
    assert env.tools[0].keep_error_last_line == name.endswith("last_line_error")
    assert env.step(CALL).reward == pytest.approx(reward)


@pytest.mark.parametrize("history", HISTORIES)
def test_the_instruction_stands_once_in_the_first_message(history):
    env = made(f"python_tool,{history}")
    seen = [env.reset()[0]]
    for action in (CALL, r"\boxed{1}", CALL, r"\boxed{2}"):
        seen.append(env.step(action)[0])
    assert all(obs.count(INSTRUCTION) == 1 for obs in seen)
    if "chat" in history:
        assert all(obs.index(INSTRUCTION) < obs.index("<|im_end|>\n<|im_start|>assistant") for obs in seen)


def test_what_a_tool_says_has_the_role_of_a_tool():
    env = made("python_tool,concat_chat", "headers")
    env.reset()
    obs = env.step(CALL)[0]
    turn = "<|start|>assistant<|end|>\n\nLet me see. <python>x</python><|eot|>"
    assert f"{turn}<|start|>tool<|end|>\n\nCode execution result: x\n" in obs
    assert "I think it is 3" not in obs
    obs = env.step(r"\boxed{1}")[0]
    assert obs.count("<|start|>tool<|end|>") == 1
    assert obs.count("<|start|>user<|end|>") == 2


@pytest.mark.parametrize("env_id", [GAME, "game:Minesweeper-v0-easy"])
def test_the_board_stands_once_and_in_the_present_turn_of_every_chat(env_id):
    env = made("python_tool,concat_chat", env_id=env_id)
    bare = gem.make(env_id, seed=3)
    obs, info = bare.reset()
    board = obs.removeprefix(info["event"])
    assert env.reset()[0].count(board) == 1
    for _ in range(2):
        obs = env.step(CALL)[0]
        assert obs.count(board) == 1
        assert obs.index("Code execution result") < obs.index(board)


def stepped(executor, names="python_tool,concat_chat"):
    """All that a vector of two kinds of games says, some of its turns being calls."""
    ids = [GAME, "game:Minesweeper-v0-easy", GAME]
    said = []
    fns = get_wrapper_fns(names, tokenizer=TOKENIZERS["chatml"])
    with gem.make_vec(ids, wrappers=fns, seed=5, executor=executor) as vec:
        said.append(vec.reset())
        for turn in range(8):
            obs, rewards, terminations, truncations, infos = vec.step([CALL, f"\\boxed{{reveal 0 {turn}}}", "junk"])
            said.append((obs, rewards.tolist(), terminations.tolist(), truncations.tolist(), infos))
    return said


@pytest.mark.parametrize("executor", ["threads", "asynchronous"])
def test_episodes_are_the_same_under_each_executor(executor):
    assert stepped(executor) == stepped("loop")


@pytest.mark.parametrize("executor", ["loop", "threads"])
def test_a_vector_tells_the_counts_of_the_episode_that_ended(executor):
    fns = get_wrapper_fns("python_tool,concat_chat,episode_tracking", tokenizer=TOKENIZERS["chatml"])
    with gem.make_vec(GAME, num_envs=2, wrappers=fns, executor=executor) as vec:
        vec.reset(seed=1)
        for _ in range(3):
            vec.step([CALL, CALL])
        _, _, terminations, _, infos = vec.step(["junk", CALL])
        assert terminations.tolist() == [True, False]
        assert (infos[0]["prev_ep_tool_use_counter"], infos[0]["prev_ep_tool_success_counter"]) == (3, 3)
        assert (infos[0]["tool_use_counter"], infos[0]["use_tool"], infos[0]["prev_ep_step_counter"]) == (0, False, 4)
        assert infos[0]["final_info"]["tool_use_counter"] == 3
        assert (infos[1]["tool_use_counter"], "prev_ep_tool_use_counter" in infos[1]) == (4, False)


def test_a_vector_chooses_threads_for_envs_with_tools():
    from gem.vector.threads import ThreadVectorEnv

    assert gem.make(GAME).step_cost == "cheap"
    with gem.make_vec(GAME, num_envs=2, wrappers=get_wrapper_fns("python_tool")) as vec:
        assert isinstance(vec, ThreadVectorEnv)


def test_the_envs_of_a_vector_share_no_tool():
    pattern = PythonCodeTool()
    with gem.make_vec(GAME, num_envs=2, wrappers=[lambda env: ToolEnvWrapper(env, [pattern])], executor="loop") as vec:
        tools = [env.tools[0] for env in vec.envs]
    assert len({id(tool) for tool in [*tools, pattern]}) == 3


@pytest.mark.parametrize("preset", PRESETS)
def test_a_calling_turn_is_none_of_the_games(preset):
    plain, env = gem.make(GAME, seed=3), made(preset)
    plain.reset()
    env.reset()
    for guess in (1, 2, 3):
        env.step(CALL)
        theirs, ours = plain.step(f"\\boxed{{{guess}}}"), env.step(f"\\boxed{{{guess}}}")
        assert (ours.obs, ours.done) == (theirs.obs, theirs.done)
        if ours.done:
            break


class Talkative(Wrapper):
    """Calls the tool in every other random action."""

    def sample_random_action(self, rng=None):
        action = self.env.sample_random_action(rng)
        return action if rng is None or rng.random() < 0.5 else f"<python>{action}</python>"


@pytest.mark.slow
@pytest.mark.parametrize("stateful", [False, True])
def test_an_env_with_a_tool_keeps_every_promise_of_an_env(stateful):
    box = FakeSandbox()

    def build():
        return Talkative(ToolEnvWrapper(gem.make(GAME), [PythonCodeTool(sandbox=box, stateful=stateful)]))

    check_env(build, skip=["observations_are_enough_to_go_on"])  # a tool's turn has the board in its suffix
