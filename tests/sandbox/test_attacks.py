"""The attacks of the corpus are held, at every level and as every user, and each was really tried.

Slow: they run in arenas (tests/sandbox/attacks/arena.py). `python benchmarks/sandbox_attacks.py` prints the table.
"""

from __future__ import annotations

import json

import pytest

from tests.sandbox.attacks.arena import USER, in_arena, why_no_arena
from tests.sandbox.attacks.attack import KINDS, Attack, corpus, flaws, head_of
from tests.sandbox.attacks.campaign import NotGiven, allowed_losses, campaign, expected, lost, users

CORPUS = corpus()
RUNS = [
    *(("full", uid) for uid in users()),
    *(("session", uid) for uid in users()[-1:]),
    *((rung, uid) for rung in ("no landlock", "no namespaces", "bwrap") for uid in users()[:1]),
]
"""The whole table, every level as every user, is that of benchmarks/sandbox_attacks.py."""


@pytest.fixture(scope="module", params=RUNS, ids=[f"{rung}, uid {uid}" for rung, uid in RUNS])
def held(request):
    """A rung, a user, and the outcomes of all attacks."""
    rung, uid = request.param
    return rung, uid, outcomes(rung, uid)


def outcomes(rung, uid):
    try:
        return campaign(rung, uid)
    except NotGiven as error:
        pytest.skip(str(error))


def test_the_corpus_is_large_and_of_every_kind():
    assert len(CORPUS) >= 60
    assert {attack.kind for attack in CORPUS} == set(KINDS)


@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.name)
def test_an_attack_says_what_it_is(attack):
    assert flaws(attack) == []


def test_a_head_that_says_too_little_is_noticed():
    code = '"""Tries: nothing.\nKind: weather\nControl: not shown, so.\nColour: red\n"""'
    found = flaws(Attack("none", code, head_of(code)))
    assert found == [
        "no Seen",
        "unknown Colour",
        "unknown kind weather",
        "its control is neither 'shown' nor 'not shown, <a sentence>'",
        "it never says ATTEMPTED",
    ]


def test_only_the_full_level_must_hold_all():
    assert allowed_losses("full", 0) == allowed_losses("full", USER) == {}
    names = {attack.name for attack in CORPUS}
    for rung, uid in RUNS:
        assert allowed_losses(rung, uid).keys() <= names


@pytest.mark.slow
def test_without_protection_the_attacks_succeed():
    done = outcomes("control", users()[-1])
    assert [name for name in expected("control") if name not in done] == []
    vain = {name: outcome["output"] for name, outcome in done.items() if name != "closed" and not lost(outcome)}
    assert vain == {}


@pytest.mark.slow
def test_every_attack_is_held_and_leaves_nothing(held):
    rung, uid, done = held
    allowed = allowed_losses(rung, uid)
    found = {name: (lost(one), one["output"]) for name, one in done.items() if lost(one) and name not in allowed}
    assert found == {}


@pytest.mark.slow
def test_every_attack_came_to_its_hostile_act(held):
    rung, _, done = held
    assert [name for name in [*expected(rung), "closed"] if name not in done] == []
    assert [name for name, outcome in done.items() if not outcome["fired"] and not outcome["refused"]] == []
    assert rung == "no namespaces" or not any(outcome["refused"] for outcome in done.values())


@pytest.mark.slow
def test_no_loss_is_allowed_in_vain(held):
    rung, uid, done = held
    assert [name for name in allowed_losses(rung, uid) if not lost(done[name])] == []


@pytest.mark.slow
@pytest.mark.parametrize("uid", users())
def test_all_attacks_at_once_disturb_nobody(uid):
    if why := why_no_arena(uid):
        pytest.skip(why)
    assert json.loads(in_arena(["-m", "tests.sandbox.attacks.storm"], uid))["found"] == []


@pytest.mark.slow
def test_the_witness_sees_what_a_leaky_sandbox_leaves():
    if why := why_no_arena():
        pytest.skip(why)
    seen = json.loads(in_arena(["-m", "tests.sandbox.attacks.leaky"]))
    assert not seen["fired"]
    text = " / ".join(seen["problems"] + seen["leftovers"])
    for part in (
        "ended as ok", "longer than the bound", "sees another world", "more processes", "carries the nonce",
        "more descriptors", "/tmp/left", "ipc: shm",
    ):  # fmt: skip
        assert part in text
