"""Geometry: what the env promises, and that everything that drives envs copes with pictures."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest

import gem
from gem.agents import RandomAgent, SolverAgent
from gem.checking import check_env
from gem.cli import main
from gem.constants import TERMINAL_STATE
from gem.core import Wrapper
from gem.envs.figures import EASY, HARD, KINDS, MEDIUM
from gem.envs.geometry import GeometryEnv, verdict_on
from gem.errors import ConfigError, MissingExtra
from gem.messages import readable
from gem.rollout import AsyncCollector, Collector, EpisodeStore
from gem.tools import BaseTool, ToolEnvWrapper
from gem.wrappers.presets import get_wrapper_fns
from tests.wrappers.chat_templates import TOKENIZERS

PIL = pytest.importorskip("PIL.Image")
ID = "math:Geometry-v1"


@pytest.mark.slow
def test_every_promise_is_kept():
    check_env(ID, seeds=(-7, 2**64))


@pytest.mark.slow
@pytest.mark.parametrize("tier", ["easy", "medium", "hard"])
def test_every_tier_can_be_won_and_copied(tier):
    skipped = ["long_replies_are_answered_quickly", "any_reply_is_answered", "junk_earns_nothing"]
    check_env(lambda: gem.make(ID, difficulty=tier), seeds=(3,), skip=skipped)


def test_the_observation_is_a_text_and_one_picture():
    env = GeometryEnv()
    obs, info = env.reset(seed=3)
    assert obs.keys() == {"problem", "images"}
    (image,) = obs["images"]
    assert (type(image), image.mode, image.size) == (PIL.Image, "RGB", (384, 384))
    assert "\\boxed{}" in obs["problem"]
    assert info == {"idx": env.idx, "kind": env.state.figure.kind}


def test_a_right_answer_earns_1_and_a_wrong_one_nothing():
    env = GeometryEnv()
    right = {"correct": True, "success": True, "verdict": "correct"}
    wrong = {"correct": False, "success": False, "verdict": "wrong"}
    for seed in range(20):
        env.reset(seed=seed)
        assert env.step(env.solve()) == (TERMINAL_STATE, 1.0, True, False, right)
        env.reset(seed=seed)
        other = f"\\boxed{{{env.state.figure.answer + 1}}}"
        assert env.step(other) == (TERMINAL_STATE, 0.0, True, False, wrong)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [("45", "format"), (None, "format"), ("\\boxed{}", "unparsable"), ("\\boxed{x}", "unparsable")],
)
def test_what_is_no_answer_is_told_from_a_wrong_one(reply, verdict):
    env = GeometryEnv()
    env.reset(seed=1)
    step = env.step(reply)
    assert (step.reward, step.info) == (0.0, {"correct": False, "success": False, "verdict": verdict})


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("7/2", "7/2"), ("3.5", "7/2"), (r"\frac{7}{2}", "7/2"), (r"\frac72", "7/2"), (r"\dfrac{14}{4}", "7/2"),
        ("x = 45", "45"), ("x=45", "45"), (r"45^\circ", "45"), (r"45^{\circ}", "45"), ("45°", "45"), ("$45$", "45"),
        (" 45 ", "45"), ("45.0", "45"), ("-2/3", "-2/3"), (r"-\frac{2}{3}", "-2/3"), ("1,200", "1200"),
        (r"3\frac{1}{2}", "7/2"), ("3 1/2", "7/2"), ("+7/2", "7/2"), (r"\frac{7}{2}.", "7/2"), ("7 / 2", "7/2"),
        (r"\left(\frac{7}{2}\right)", "7/2"), (r"\displaystyle\frac{7}{2}", "7/2"), (r"350\%", "7/2"),
        ("+1000", "1000"), ("1000.", "1000"), (r"\text{1000}", "1000"), ("AB = 1000", "1000"), ("−5", "-5"),
        (r"\angle ABC = 45^\circ.", "45"), (r"45\degree", "45"), (r"45 \text{ degrees}", "45"), ("(-5)", "-5"),
        ("- 5", "-5"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_right(answer, gold):
    assert verdict_on(answer, Fraction(gold)) == "correct"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "46",
        "45.5",
        "-45",
        "4 5",
        "x",
        "45 or 46",
        "45, 46",
        "=45=",
        "4^5",
        "45" * 60,
        "45/0",
        "9" * 10**6,
        r"4^\circ5",
        "4°5",
        r"45^\circ 30'",
        "x \\neq 45",
    ],
)
def test_nothing_else_is_right(answer):
    assert verdict_on(answer, Fraction(45)) != "correct"


def test_reset_never_draws_an_evaluation_item():
    env = GeometryEnv(size=2**31 - 40, kinds=["lattice"])
    assert all(env.reset(seed=seed)[1]["idx"] >= env.dataset.size for seed in range(20))


def test_an_item_can_be_asked_by_its_index():
    env = GeometryEnv(size=96)
    rows = env.dataset
    assert len(rows) == 96
    for index in (0, 17, 95):
        obs, info = env.reset(idx=index)
        assert obs["problem"].startswith(rows[index]["problem"])
        assert (obs["images"], info["idx"], env.idx) == (rows[index]["images"], index, index)
        assert env.step(f"\\boxed{{{rows[index]['answer']}}}").reward == 1


@pytest.mark.parametrize("idx", [-1, 2**31, 2**40])
def test_a_number_without_an_item_is_refused(idx):
    with pytest.raises(ConfigError, match="there are items 0 to"):
        GeometryEnv().reset(idx=idx)


def test_a_number_of_numpys_is_told_as_a_plain_one():
    env = GeometryEnv()
    info = env.reset(idx=np.int64(3))[1]
    assert (type(info["idx"]), type(env.idx)) == (int, int)


def test_rows_are_a_sequence():
    rows = GeometryEnv(size=3).dataset
    assert rows[-1]["answer"] == rows[2]["answer"]
    assert [row["problem"] for row in rows] == [row["problem"] for row in rows[:]]
    with pytest.raises(IndexError):
        rows[3]


def test_the_evaluation_set_has_each_kind_and_level_equally_often():
    figures = [GeometryEnv(size=480).dataset.figure(index) for index in range(480)]
    assert {figure.kind: 30 for figure in figures} == {name: sum(f.kind == name for f in figures) for name in KINDS}


def test_kinds_and_levels_can_be_chosen():
    env = GeometryEnv(kinds=["clock", "sector"], level=HARD)
    kinds = {env.reset(seed=seed)[1]["kind"] for seed in range(12)}
    assert kinds == {"clock", "sector"}
    assert {env.dataset.figure(index).asked for index in range(0, 20, 2)} == {"between"}
    assert GeometryEnv.tiers == {"easy": {"level": EASY}, "medium": {"level": MEDIUM}, "hard": {"level": HARD}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kinds": ["clok"]}, "Did you mean 'clock'"), ({"kinds": []}, "kinds names none"),
        ({"level": 3}, "level is one of"), ({"size": -1}, "size must leave some"), ({"size": 2**31}, "size must leave"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(arguments, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        GeometryEnv(**arguments)


def test_seeds_have_items_of_their_own():
    one, other = (GeometryEnv(seed=seed).dataset.figure(0) for seed in (1, 2))
    assert one != other
    assert GeometryEnv(seed=1).dataset.figure(0) == one
    assert GeometryEnv(seed=None).dataset.seed != GeometryEnv(seed=None).dataset.seed


def test_a_snapshot_holds_numbers_and_no_pixels():
    env = GeometryEnv()
    for seed in range(32):
        env.reset(seed=seed)
        assert len(env.snapshot().to_json()) < 1500


def test_without_pillow_the_env_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(MissingExtra, match=re.escape("gem-gym[vision]")):
        GeometryEnv()


# -- what drives envs -----------------------------------------------------------------------------


def test_equal_observations_read_alike_and_different_pictures_do_not():
    env = GeometryEnv()
    one, again, other = (env.reset(seed=seed)[0] for seed in (1, 1, 2))
    assert readable(one) == readable(again) != readable(other)
    assert "0x" not in readable(one)
    assert readable(one).startswith(one["problem"].rstrip("\n"))
    changed = {**one, "images": other["images"]}
    assert readable(changed) != readable(one)


def test_an_observation_without_pictures_reads_as_ever():
    assert [readable(value) for value in ("a\n", "", 7, ["a"], {"problem": "p"})] == ["a\n", "", "7", "a", "p"]


@pytest.mark.parametrize("collector", [Collector, AsyncCollector])
def test_episodes_with_pictures_can_be_collected_and_stored(tmp_path, collector):
    many = {"slots": 4} if collector is Collector else {"concurrency": 4}

    def collected():
        made = collector(GeometryEnv, SolverAgent(), seed=0, **many)
        try:
            return made.episodes(6) if collector is Collector else made.collect(6)
        finally:
            made.close()

    episodes = sorted(collected(), key=lambda episode: episode.index)
    assert all(episode.success and episode.error is None for episode in episodes)
    assert "[image, 384 x 384, RGB, " in episodes[0].turns[0].observation
    assert episodes == sorted(collected(), key=lambda episode: episode.index)
    store = EpisodeStore(tmp_path / "episodes.jsonl")
    store.append(episodes)
    assert list(store) == episodes


@pytest.mark.parametrize("wrapper", ["concat", "concat_with_action", "concat_chat", "concat_chat_on_reset"])
def test_a_history_keeps_the_picture_beside_the_text(wrapper):
    (wrap,) = get_wrapper_fns(wrapper, tokenizer=TOKENIZERS["chatml"])
    env = wrap(GeometryEnv())
    obs, _ = env.reset(seed=5)
    plain = GeometryEnv().reset(seed=5)[0]
    assert obs["images"] == plain["images"]
    assert plain["problem"].rstrip("\n") in obs["problem"]
    assert env.step(env.solve()).reward == 1


def test_a_tools_instruction_stands_in_the_text():
    class Clock(BaseTool):
        def instruction_string(self):
            return "Write <clock></clock> to learn the time."

        def find_call(self, action):
            return None

    obs, _ = ToolEnvWrapper(GeometryEnv(), [Clock]).reset(seed=5)
    assert obs["problem"].endswith("to learn the time.")
    assert len(obs["images"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["loop", "threads", "processes", "asynchronous"])
def test_pictures_come_back_from_a_vector_as_they_are(executor):
    expected = [gem.make(ID, seed=index).reset(seed=10 + index)[0] for index in range(2)]
    with gem.make_vec([ID] * 2, seed=0, executor=executor) as vec:
        obs, _ = vec.reset(seed=10)
        assert obs == expected
        obs, rewards, terminated, _, _ = vec.step(["\\boxed{}", "\\boxed{}"])
        assert (rewards.tolist(), terminated.tolist()) == ([0.0, 0.0], [True, True])
        assert [first.keys() for first in obs] == [{"problem", "images"}] * 2


def test_a_player_is_told_where_the_picture_is(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    record = tmp_path / "record.jsonl"
    assert main(["play", ID, "--seed", "1", "--solver", "--delay", "0", "--record", str(record)]) == 0
    said = capsys.readouterr().out
    (path,) = re.findall(r"The picture is in (\S+)", said)
    (shown,) = GeometryEnv().reset(seed=1)[0]["images"]
    with PIL.open(path) as image:
        assert image.convert("RGB").tobytes() == shown.tobytes()
    assert "won" in said
    assert "[image, 384 x 384" in json.loads(record.read_text())["turns"][0]["observation"]


def test_random_answers_rarely_win():
    episodes = Collector(GeometryEnv, RandomAgent(), slots=8, seed=1).episodes(20)
    assert sum(episode.success for episode in episodes) <= 2


def test_wrappers_fork_and_keep_the_picture():
    env = Wrapper(GeometryEnv())
    env.reset(seed=2)
    twin = env.fork()
    assert twin.step(env.solve()).reward == 1
    assert env.step(env.solve()).reward == 1
