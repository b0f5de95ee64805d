"""Fuzzing: replies of every kind, and what they bring to light."""

import pytest

import gem
from gem.checking.fuzz import LONG, edited, fuzz, replies
from gem.cli import main
from gem.core import Env, termination, transition
from gem.seeding import generator

GUESS = "game:GuessTheNumber-v0"
FAMILIES = sorted({spec.entry_point: spec.id for spec in gem.specs() if spec.id.startswith("game:")}.values())


class Brittle(Env):
    """Falls over a brace."""

    def _reset(self):
        self.state = 0
        return "Say something.", {}

    def _step(self, action):
        if "{{" in str(action):
            raise KeyError("brace")
        return termination("Thank you.", 0.0, success=False)

    def sample_random_action(self, rng=None):
        return "{}"


@pytest.mark.slow
@pytest.mark.parametrize("env_id", FAMILIES)
def test_every_game_answers_thousands_of_replies_of_all_kinds(env_id):
    done = fuzz(gem.make(env_id), 2000, seed=1)
    assert done.steps == 2000
    assert done.findings == []


def test_what_raises_is_found_with_the_way_to_it():
    done = fuzz(Brittle(), 400)
    assert done.findings
    assert "KeyError" in done.findings[0]
    assert "seed" in done.findings[0]


def test_an_answer_that_is_no_answer_is_found():
    class Wrong(Brittle):
        def _step(self, action):
            return transition(None, float("nan"))

    assert "TypeError" in fuzz(Wrong(), 5).findings[0]


def test_the_same_seed_throws_the_same_replies():
    def first(seed):
        env = gem.make(GUESS)
        env.reset(seed=0)
        source = replies(env, generator(seed))
        return [next(source) for _ in range(50)]

    assert str(first(3)) == str(first(3)) != str(first(4))


@pytest.mark.slow
def test_replies_are_moves_edits_junk_and_long_texts():
    env = gem.make(GUESS, seed=0)
    env.reset()
    source = replies(env, generator(0))
    said = [next(source) for _ in range(3000)]
    assert any(isinstance(reply, str) and len(reply) >= LONG for reply in said)
    assert any(not isinstance(reply, str) for reply in said)
    assert sum(env.is_legal(reply) for reply in said) > 500
    assert len(set(map(str, said))) > 800


def test_an_edited_move_is_another_text_of_about_its_size():
    rng = generator(1)
    texts = [edited("\\boxed{up}", rng) for _ in range(200)]
    assert len(set(texts)) > 120
    assert max(map(len, texts)) < 200


def test_the_command_fuzzes_and_counts(capsys, registry_as_it_was):
    assert main(["check", GUESS, "--fuzz", "200"]) == 0
    assert "200 steps of 1 envs, 0 findings" in capsys.readouterr().out
    gem.register("demo:Brittle-v0", Brittle)
    assert main(["check", "demo:Brittle-v0", "--fuzz", "200"]) == 1
    assert "KeyError" in capsys.readouterr().out
