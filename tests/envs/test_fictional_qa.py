"""qa:Fictional-v1: every question can be answered from the corpus, by as many passages as it has hops, and only so."""

import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from itertools import combinations, pairwise

import numpy as np
import pytest

import gem
from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.envs.fictional_qa import FictionalQaEnv
from gem.envs.fictional_world import MOST, library
from gem.envs.fictional_world.questions import paths
from gem.envs.fictional_world.relations import OF_KIND, RELATIONS
from gem.envs.qa_env import QaEnv
from gem.errors import ConfigError
from gem.seeding import generator
from gem.snapshot import Snapshot
from gem.tools import SearchTool, ToolEnvWrapper
from tests.envs.researcher import researched, taken_apart

FORKED = """
import os, signal, sys, time
from threading import Event, Thread
from gem.envs.fictional_qa import FictionalQaEnv

library = sys.modules["gem.envs.fictional_world.library"]
begun, real = Event(), library.found_world

def slowly(number, size):
    begun.set()
    time.sleep(0.1)  # long enough for the fork to fall into it
    return real(number, size)

library.found_world = slowly
env = FictionalQaEnv(entities=200, size=5)
thread = Thread(target=lambda: env.dataset)
thread.start()
begun.wait()
pid = os.fork()
signal.alarm(20)
found = env.dataset and FictionalQaEnv(entities=200, size=5).reset(seed=0)[0]
if pid == 0:
    os._exit(not found)
thread.join()
sys.exit(os.waitpid(pid, 0)[1])
"""
"""A process that forks in the midst of making a world."""


def words(text):
    return re.findall(r"\w+", text.casefold())


FEW = 400
"""Entities of a world that is quickly made."""
GRAMMAR = set(
    words("the a of in on is was did does to by it its what which who how many much with that where at for has")
)
"""Words that every sentence may have."""


def small(**arguments):
    return FictionalQaEnv(**{"entities": FEW, "size": 60, **arguments})


def kept(env):
    return [env.question_at(index) for index in range(env.size)]


def plain(text):
    return f" {' '.join(words(text))} "


def mentions(text, name):
    return plain(name) in plain(text)


# -- the world --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [200, FEW, pytest.param(MOST, marks=pytest.mark.slow)])
def test_a_world_has_as_many_things_as_were_asked_for_and_a_passage_for_each(size):
    one = library(3, size)
    assert len(one.world.things) == len(one.passages) == size
    assert [passage.title for passage in one.passages] == list(one.world.things)


def test_everybody_has_the_same_world():
    text = "\n".join(passage.contents for passage in library(0, 200).passages)
    questions = "\n".join(row["question"] for row in FictionalQaEnv(entities=200, size=30).dataset)
    assert sha256(text.encode()).hexdigest()[:16] == "f87c32485f96b137"
    assert sha256(questions.encode()).hexdigest()[:16] == "01dc0921e15ffcf9"


def test_another_number_is_another_world():
    one, other = (small(world=world) for world in (1, 2))
    assert not {passage.text for passage in one.passages} & {passage.text for passage in other.passages}
    assert not {question.text for question in kept(one)} & {question.text for question in kept(other)}


def test_a_passage_tells_what_is_known_of_a_thing_and_each_fact_once():
    one = library(0, FEW)
    for thing, passage in zip(one.world.things.values(), one.passages, strict=True):
        assert passage.text.startswith(("Songs", thing.title))
        sentences = passage.text.split(". ")
        assert len(sentences) == 1 + len(thing.facts)
        values = list(thing.facts.values())
        for value in values:
            if isinstance(value, str):
                assert sum(mentions(sentence, value) for sentence in sentences) == values.count(value)


def test_facts_lead_to_things_of_the_right_kind():
    things = library(0, FEW).world.things
    for thing in things.values():
        for relation in OF_KIND[thing.kind]:
            value = thing.facts.get(relation.name)
            if relation.leads_on and value is not None:
                assert things[value].kind == relation.target
        assert set(thing.facts) <= {relation.name for relation in OF_KIND[thing.kind]}


def test_nobody_acts_before_growing_up():
    things = library(0, FEW).world.things
    years = {"work": "finished", "organisation": "founded", "town": "chartered"}
    looked = 0
    for thing in things.values():
        when = thing.facts.get("day") or thing.facts.get("born") or thing.facts.get(years.get(thing.kind))
        for role in ("maker", "dedicatee", "founder", "director", "mayor", "leader", "teacher"):
            if role in thing.facts:
                year = when.year if isinstance(when, date) else when
                age = year - things[thing.facts[role]].facts["born"].year
                assert (10 if role == "teacher" else 25) <= age <= 60
                looked += 1
    assert looked > FEW / 2


def test_every_kind_of_thing_can_be_asked_about_and_every_path_holds_together():
    assert {relation.target for relation in RELATIONS if relation.leads_on} < {relation.kind for relation in RELATIONS}
    for path in paths(3):
        assert all(one.target == other.kind for one, other in pairwise(path))


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: f"{one.kind}.{one.name}")
def test_a_question_has_no_word_of_the_passage_but_names_and_units(relation):
    asked = {word for text in (*relation.asked, *relation.named) for word in words(text)}
    told = {word for text in relation.told for word in words(text)}
    assert not (asked & told) - GRAMMAR - set(words(relation.unit)) - {"x", "y", "s"}


# -- the questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_question_needs_a_passage_for_each_hop_and_names_nothing_on_the_way(hops):
    env = small(hops=hops)
    told = {plain(passage.title): plain(passage.contents) for passage in env.passages}
    for question in kept(env):
        assert len(question.titles) == len(set(question.titles)) == hops
        stations = [plain(name) for name in (*question.titles, question.answers[0])]
        assert [name in plain(question.text) for name in stations] == [True, *[False] * hops]
        for title, following in pairwise(stations):
            assert following in told[title]
        for text in told.values():
            named = [number for number, name in enumerate(stations) if name in text]
            assert all(other - one == 1 for one, other in combinations(named, 2)), question


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_question_can_be_read_in_one_way_only(hops):
    for question in kept(small(hops=hops)):
        ((start, relations),) = taken_apart(question.text)
        assert start == question.titles[0]
        assert len(relations) == hops


def test_what_is_kept_is_never_drawn():
    env = small()
    reserved = {question.text for hops in (1, 2, 3, (1, 2, 3)) for question in kept(small(hops=hops))}
    assert len(reserved) == 3 * env.size == 180
    drawn = set()
    for seed in range(300):
        env.reset(seed=seed)
        assert env.idx >= env.size
        drawn.add(env.question.text)
    assert not reserved & drawn
    assert len(drawn) > 290


def test_kept_questions_take_their_hops_in_turn():
    env = small(hops=(1, 3))
    for index in range(6):
        _, info = env.reset(idx=index)
        assert info == {"idx": index, "hops": (1, 3)[index % 2]}
        assert env.question.row() == env.dataset[index]


def test_kept_questions_are_rows_for_any_env_of_questions():
    env = QaEnv(dataset=small().dataset, eval=True)
    env.reset(idx=2)
    assert env.step(f"<answer>{small().dataset[2]['answer'][0]}</answer>").reward == 1


def test_a_drawn_question_can_be_asked_again_by_its_index():
    env = small()
    obs, info = env.reset(seed=7)
    again, _ = small().reset(idx=info["idx"])
    assert again == obs


@pytest.mark.parametrize(("tier", "hops"), [("easy", 1), ("medium", 2), ("hard", 3)])
def test_a_tier_has_one_number_of_hops(tier, hops):
    env = small().spawn(difficulty=tier)
    assert {env.reset(seed=seed)[1]["hops"] for seed in range(10)} == {hops}


@pytest.mark.parametrize(
    "arguments",
    [
        {"hops": 0}, {"hops": 4}, {"hops": ()}, {"hops": (1, 9)}, {"entities": 5}, {"entities": 10**6}, {"size": -1},
    ],
)  # fmt: skip
def test_what_makes_no_world_is_refused(arguments):
    with pytest.raises(ConfigError):
        FictionalQaEnv(**arguments)


def test_more_questions_than_there_are_cannot_be_kept():
    env = FictionalQaEnv(hops=1, entities=200, size=100_000)
    with pytest.raises(ConfigError, match="too few questions of 1 hops"):
        env.reset(seed=0)


def test_an_index_is_kept_as_a_plain_number():
    env = small()
    for idx, number in ((np.int64(3), 3), (True, 1)):
        _, info = env.reset(idx=idx)
        assert (type(info["idx"]), type(env.idx), env.idx) == (int, int, number)
    with pytest.raises(TypeError, match="interpreted as an integer"):
        env.reset(idx=1.5)


@pytest.mark.parametrize("idx", [-1, -(10**9), 10**9])
def test_an_index_without_a_question_is_refused(idx):
    with pytest.raises(ConfigError, match="there is no question"):
        small(hops=1).reset(idx=idx)


# -- answers ------------------------------------------------------------------------------------------


def paid(env, reply):
    env.reset(idx=env.idx)
    return env.step(reply)


def asked_for(env, target):
    """An env at a question for a year, a date or a number."""
    for index in range(env.size):
        env.reset(idx=index)
        ((_, relations),) = taken_apart(env.question.text)
        if relations[-1].target == target:
            return env
    raise AssertionError(f"no question asks for a {target}")


def test_the_answer_wins_and_ends_the_episode():
    env = small()
    env.reset(seed=0)
    won = env.step(env.solve())
    assert won == (TERMINAL_STATE, 1.0, True, False, {"correct": True, "success": True, "verdict": "correct"})


def test_a_number_may_be_written_in_several_ways():
    env = asked_for(small(), "number")
    number, with_unit = env.question.answers
    bare = number.replace(",", "")
    for answer in (number, bare, with_unit, f" {bare} ", f"{bare} {with_unit.partition(' ')[2]}"):
        assert paid(env, f"<answer>{answer}</answer>").reward == 1, answer
    assert paid(env, f"<answer>{int(bare) + 1}</answer>").reward == 0


def test_a_date_may_be_written_in_several_ways():
    env = asked_for(small(), "date")
    (day,) = env.question.answers
    number, month, year = day.split()
    for answer in (day, f"{month} {number}, {year}", f"{number}. {month} {year}", f"{number}th of {month} {year}"):
        assert paid(env, f"<answer>{answer}</answer>").reward in ((0, 1) if "." in answer else (1,)), answer
    for answer in (year, f"{month} {year}", f"{int(number) % 28 + 1} {month} {year}"):
        assert paid(env, f"<answer>{answer}</answer>").reward == 0, answer


@pytest.mark.parametrize(
    "reply", ["{0}", "\\boxed{{{0}}}", "<answer></answer>", "<answer>{0} or {1}</answer>", "<answer>{0}"]
)
def test_only_the_answer_alone_and_in_its_tags_pays(reply):
    env = small()
    env.reset(idx=0)
    answer, other = env.question.answers[0], env.passages[0].title
    step = paid(env, reply.format(answer, other))
    assert (step.reward, step.terminated, step.info["success"]) == (0, True, False)
    assert step.info["verdict"] == ("wrong" if "</answer>" in reply else "format")


def test_the_prompt_asks_for_what_is_graded():
    obs, _ = small().reset(idx=0)
    assert "between <answer> and </answer>" in obs
    assert "boxed" not in obs


@pytest.mark.slow
def test_no_constant_answer_earns_anything_to_speak_of():
    env = FictionalQaEnv()
    answers = Counter()
    for seed in range(500):
        env.reset(seed=seed)
        answers.update(env.question.answers[:1])
    ((_, most),) = answers.most_common(1)
    assert most / 500 <= 0.01


# -- the contract -------------------------------------------------------------------------------------


def test_it_keeps_the_promises():
    check_env(small, seeds=(0,), skip=["long_replies_are_answered_quickly"])


@pytest.mark.slow
def test_a_whole_world_keeps_the_promises():
    check_env(FictionalQaEnv, seeds=(-7, 2**64))


@pytest.mark.parametrize(("env_id", "hops"), [("", (1, 2, 3)), ("-easy", (1,)), ("-hard", (3,))])
def test_the_ids_have_their_hops(env_id, hops):
    assert gem.make(f"qa:Fictional-v1{env_id}").hops == hops


def test_a_snapshot_is_small_and_can_be_written_down():
    env = small()
    env.reset(seed=1)
    text = env.snapshot().to_json()
    assert len(text) < 1000
    twin = small()
    twin.restore(Snapshot.from_json(text))
    assert twin.question == env.question


def test_a_random_answer_is_a_name_of_the_world():
    env = small()
    env.reset(seed=0)
    titles = {passage.title for passage in env.passages}
    for seed in range(5):
        assert env.sample_random_action(generator(seed))[8:-9] in titles


# -- the corpus suffices ------------------------------------------------------------------------------


def test_envs_of_a_process_share_one_index_of_the_corpus():
    env = small()
    assert env.retriever is small(hops=2).retriever is env.fork().retriever
    assert env.retriever is not small(world=1).retriever
    (hit, *_) = env.retriever.search(env.passages[7].title)
    assert hit.passage == env.passages[7]


def test_threads_that_need_a_world_at_once_make_it_once():
    with ThreadPoolExecutor(8) as pool:
        retrievers = list(pool.map(lambda _: FictionalQaEnv(entities=200, world=-99).retriever, range(16)))
    assert len({id(one) for one in retrievers}) == 1


@pytest.mark.slow
def test_a_process_forked_while_a_thread_makes_a_world_has_it_too():
    done = subprocess.run([sys.executable, "-c", FORKED], env={**os.environ, "PYTHONPATH": "src"}, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_researcher_finds_the_answers_with_a_search_for_each_hop(hops):
    env = ToolEnvWrapper(small(hops=hops), [SearchTool()])
    won = 0
    for index in range(20):
        step, searches = researched(env, idx=index)
        won += step.reward
        assert searches <= hops
    assert won >= 18


@pytest.mark.slow
@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_researcher_masters_the_whole_world(hops):
    env = ToolEnvWrapper(FictionalQaEnv(hops=hops), [SearchTool()], max_tool_uses=hops)
    won = sum(researched(env, seed=seed)[0].reward for seed in range(100))
    assert won >= 90


def test_a_researcher_without_a_tool_learns_nothing():
    env = small(hops=2)
    won = 0
    for index in range(20):
        obs, _ = env.reset(idx=index)
        won += env.step(obs).reward
    assert won == 0
