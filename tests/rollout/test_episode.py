"""The episode function, driven by hand and by a token-level callback."""

import asyncio
from itertools import chain, pairwise

import pytest

import gem
from gem.agents import Reply
from gem.core import termination
from gem.errors import EnvError
from gem.rollout import play, rollout_episode
from tests.rollout.toy_envs import ShortOrLong


class Letters:
    """A renderer with one token a character."""

    def begin(self, observation, info):
        return [ord(letter) for letter in observation]

    def observe(self, observation, info, past_ids):
        return [0, *self.begin(observation, info)]

    def decode(self, token_ids):
        return "".join(map(chr, token_ids))


def drive(turns, reply):
    try:
        request = next(turns)
        while True:
            request = turns.send(reply(request))
    except StopIteration as ended:
        return ended.value


def test_a_turn_holds_what_was_seen_said_and_paid():
    env = gem.make("game:GuessTheNumber-v1-easy")
    episode = drive(play(env, seed=3), lambda request: Reply(request.env.solve()))
    assert episode.success
    assert episode.end == "terminated"
    assert episode.turns[0].observation == gem.make("game:GuessTheNumber-v1-easy").reset(seed=3)[0]
    assert episode.rewards == [0.0] * (len(episode.turns) - 1) + [1.0]


def test_prompts_are_what_was_sampled_plus_what_was_appended():
    prompts, sampled = [], []

    def generate(prompt_ids):
        prompts.append(list(prompt_ids))
        sampled.append([ord(letter) for letter in f"\\boxed{{{len(prompts) * 3}}}"])
        return sampled[-1], [-0.5] * len(sampled[-1])

    env = gem.make("game:GuessTheNumber-v1-hard")
    episode = asyncio.run(rollout_episode(env, generate, Letters(), seed=1))
    assert len(episode.turns) > 1
    for number, (before, after) in enumerate(pairwise(prompts)):
        grown = before + sampled[number]
        assert after[: len(grown)] == grown
    ids, chosen, logprobs = episode.tokens()
    assert ids == prompts[-1] + sampled[-1]
    assert [token for token, own in zip(ids, chosen, strict=True) if own] == list(chain(*sampled))
    assert all((logprob == -0.5) is own for logprob, own in zip(logprobs, chosen, strict=True))


def test_the_callback_may_be_a_coroutine():
    async def generate(prompt_ids):
        await asyncio.sleep(0)
        return [ord("x")], [0.0]

    episode = asyncio.run(rollout_episode(gem.make("game:GuessTheNumber-v1-easy"), generate, Letters(), seed=1))
    assert episode.turns[0].action == "x"
    assert episode.rewards == [-0.1]


def test_a_model_without_a_reply_ends_the_episode_at_its_context():
    async def full(prompt_ids):
        return [], []

    episode = asyncio.run(rollout_episode(ShortOrLong(), full, Letters(), seed=1))
    assert episode.end == "context"
    assert episode.turns == []


def test_a_turn_limit_of_the_caller_ends_the_episode():
    env = ShortOrLong()
    long = next(seed for seed in range(20) if env.reset(seed=seed)[0].startswith("15"))
    episode = drive(play(env, seed=long, max_turns=4), lambda request: Reply("go"))
    assert (len(episode.turns), episode.end) == (4, "turns")


@pytest.mark.parametrize(("reward", "success"), [(1.0, True), (0.9, False)])
def test_an_env_that_does_not_tell_success_is_judged_by_its_last_reward(reward, success):
    class Silent(ShortOrLong):
        def _step(self, action):
            return termination("over", reward)

    assert drive(play(Silent(), seed=0), lambda request: Reply("go")).success is success


def test_misuse_of_gem_is_not_taken_for_a_failure_of_the_world():
    class Misused(ShortOrLong):
        def _step(self, action):
            raise EnvError("used against its contract")

    with pytest.raises(EnvError):
        drive(play(Misused(), seed=0), lambda request: Reply("go"))
