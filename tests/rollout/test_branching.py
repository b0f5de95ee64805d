"""Trees: every turn in one branch, siblings compared with each other."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.agents import RandomAgent
from gem.errors import ConfigError
from gem.rollout import Collector
from gem.rollout.branching import Branch, Tree, evenly, every_turn, grow, uncertain
from gem.rollout.trajectory import Episode, Turn
from tests.rollout.bit_envs import TURNS, Bits, FragileBits, LuckyBits, TokenAgent, said


def roots(count=2, env=Bits, agent=None, **options):
    return Collector(env, agent or TokenAgent(), slots=2, seed=0, **options).episodes(count)


def trees(episodes, env=Bits, agent=None, at=every_turn, width=2, seed=5, **options):
    return grow(env(), episodes, agent or TokenAgent(), at=at, width=width, seed=seed, **options)


def episode_of(*rewards, logprobs=None):
    values = logprobs or [[-1.0]] * len(rewards)
    turns = [Turn("", "", reward, logprobs=each) for reward, each in zip(rewards, values, strict=True)]
    return Episode(None, 0, turns)


def path_to(tree, number):
    """The bits said from the root's beginning to this branch's end."""
    branch = tree.branches[number]
    before = [] if branch.parent is None else path_to(tree, branch.parent)
    start = len(before) - len(tree.branches[branch.parent].episode.turns) if before else 0
    return before[: start + branch.turn] + said(branch.episode)


def test_a_branch_goes_on_from_its_turn_and_holds_its_own_turns():
    (episode,) = roots(1)
    before = episode.to_dict()
    (tree,) = trees([episode], width=3)
    assert tree.branches[0].episode is episode
    assert episode.to_dict() == before
    assert [branch.turn for branch in tree.branches[1:]] == [turn for turn in range(TURNS) for _ in range(3)]
    for branch in tree.branches[1:]:
        assert branch.parent == 0
        assert len(branch.episode.turns) == TURNS - branch.turn
        assert branch.episode.turns[0].observation == episode.turns[branch.turn].observation


def test_every_sampled_token_is_chosen_in_one_branch_only():
    agent = TokenAgent()
    (tree,) = trees(roots(1, agent=agent), agent=agent, width=2, rounds=2)
    assert sum(sum(episode.tokens()[1]) for episode in tree.episodes) == len(agent.prompts)
    for episode in tree.episodes:
        ids, chosen, _ = episode.tokens()
        replies = [place for place, own in enumerate(chosen) if own]
        assert all(ids[:place] in agent.prompts for place in replies)


def test_a_branch_of_a_branch_reads_the_whole_way_to_it():
    (tree,) = trees(roots(1), width=1, rounds=3)
    letters = TokenAgent.renderer
    for number, branch in enumerate(tree.branches):
        env, ids = Bits(), []
        observation, info = env.reset()
        for bit in path_to(tree, number):
            shown = letters.observe(observation, info, ids) if ids else letters.begin(observation, info)
            ids += [*shown, ord(str(bit))]
            observation, *_, info = env.step(str(bit))
        assert branch.episode.tokens()[0] == ids


def test_a_turn_limit_holds_on_branches_of_branches():
    (tree,) = trees(roots(1, max_turns=3), width=1, rounds=2, max_turns=3)
    assert {len(path_to(tree, number)) for number in range(len(tree.branches))} == {3}
    assert {episode.end for episode in tree.episodes} == {"turns"}


def test_further_rounds_branch_the_branches_but_not_at_their_first_turns():
    (tree,) = trees(roots(1), width=1, rounds=3)
    parents = [branch.parent for branch in tree.branches]
    assert parents[0] is None
    assert all(parent < number for number, parent in enumerate(parents) if number)
    assert {branch.turn for branch in tree.branches if branch.parent == 0} == set(range(TURNS))
    assert all(branch.turn > 0 for branch in tree.branches if branch.parent)
    sizes = {1: TURNS, 2: 3 + 2 + 1 + 0, 3: (2 + 1) + 1}
    assert len(tree.branches) == 1 + sum(sizes.values())


def test_every_leaf_is_a_whole_episode():
    (tree,) = trees(roots(1), width=2, rounds=2)
    for number, branch in enumerate(tree.branches):
        path = path_to(tree, number)
        assert len(path) == TURNS
        assert branch.episode.success == all(path)


@settings(max_examples=5)
@given(st.integers(1, 7), st.integers(0, 2**40))
def test_a_tree_depends_neither_on_slots_nor_on_other_trees(slots, seed):
    episodes = roots(3, env=LuckyBits)
    alone = [tree for episode in episodes for tree in trees([episode], LuckyBits, seed=seed, at=evenly(2), slots=1)]
    together = trees(episodes, LuckyBits, seed=seed, at=evenly(2), slots=slots)
    assert [[branch.episode.to_dict() for branch in tree.branches] for tree in alone] == [
        [branch.episode.to_dict() for branch in tree.branches] for tree in together
    ]


def test_branches_bear_the_numbers_of_their_root():
    for tree in trees(roots(4, group_size=2), width=1):
        root = tree.branches[0].episode
        assert {(episode.index, episode.group) for episode in tree.episodes} == {(root.index, root.group)}


def test_states_are_named_on_branches_too():
    (tree,) = trees(roots(1), anchor=lambda env, observation: str(env.state.bits))
    for number in range(1, len(tree.branches)):
        branch = tree.branches[number]
        assert branch.episode.turns[-1].state == str(path_to(tree, number)[:-1])


def test_what_the_world_breaks_off_is_counted_and_no_branch():
    episodes = [episode for episode in roots(10, FragileBits) if not episode.error][:1]
    (tree,) = trees(episodes, FragileBits, width=20, at=lambda episode: [0])
    assert 0 < tree.lost < 20
    assert len(tree.branches) == 1 + 20 - tree.lost
    assert all(episode.error is None for episode in tree.episodes)


def test_a_root_that_the_world_broke_off_stays_alone():
    episodes = [episode for episode in roots(10, FragileBits) if episode.error]
    assert episodes
    assert [len(tree.branches) for tree in trees(episodes, FragileBits)] == [1] * len(episodes)


def test_every_fork_is_closed():
    episodes = roots(2)
    Bits.forks = Bits.closes = 0
    trees(episodes, rounds=2)
    assert Bits.forks == Bits.closes > 0


# -- advantages -----------------------------------------------------------------------------------


def paths(tree, number, turn, gamma):
    """Q of a turn, by recursion over the ways to go on, forwards."""
    rewards = tree.branches[number].episode.rewards
    later = value(tree, number, turn + 1, gamma) if turn + 1 < len(rewards) else 0.0
    return rewards[turn] + gamma * later


def value(tree, number, turn, gamma):
    ways = [paths(tree, number, turn, gamma)]
    for child, branch in enumerate(tree.branches):
        if branch.parent == number and branch.turn == turn:
            ways.append(paths(tree, child, 0, gamma))
    return sum(ways) / len(ways)


def slow_advantages(tree, gamma):
    advantages = []
    for number, branch in enumerate(tree.branches):
        places = {other.turn for other in tree.branches if other.parent == number} | {0}
        for turn in range(len(branch.episode.turns)):
            first = max(place for place in places if place <= turn)
            home = (number, first) if first or branch.parent is None else (branch.parent, branch.turn)
            advantages.append(paths(tree, number, first, gamma) - value(tree, *home, gamma))
    return advantages


@settings(max_examples=8)
@given(st.integers(0, 1000), st.sampled_from([0.0, 0.5, 0.9, 1.0]), st.integers(1, 3), st.integers(1, 3))
def test_advantages_are_those_of_a_slow_recursion(seed, gamma, width, rounds):
    (tree,) = trees(roots(1, LuckyBits), LuckyBits, seed=seed, width=width, rounds=rounds, at=evenly(2))
    np.testing.assert_allclose(tree.advantages(gamma), slow_advantages(tree, gamma), atol=1e-12)


def test_a_tree_by_hand():
    tree = Tree([Branch(episode_of(0, 0, 1)), Branch(episode_of(0, 3), 0, 1), Branch(episode_of(4), 1, 1)])
    # after the fork in the last turn of branch 1: V = (3 + 4) / 2; at the root's second turn: V = (0.5 + 1.75) / 2
    expected = [0, 0.5 - 1.125, 0.5 - 1.125, 1.75 - 1.125, 3 - 3.5, 4 - 3.5]
    assert tree.advantages(0.5).tolist() == pytest.approx(expected)


def test_the_first_turns_of_siblings_have_advantages_that_sum_to_zero():
    (tree,) = trees(roots(1, LuckyBits), LuckyBits, width=3)
    advantages = tree.advantages(0.9)
    siblings = defaultdict(list)
    flat = 0
    for number, branch in enumerate(tree.branches):
        for turn in range(len(branch.episode.turns)):
            place = (branch.parent, branch.turn) if turn == 0 and branch.parent is not None else (number, turn)
            siblings[place].append(advantages[flat])
            flat += 1
    compared = [group for group in siblings.values() if len(group) == 4]
    assert len(compared) == TURNS
    assert [sum(group) for group in compared] == pytest.approx([0] * TURNS)
    assert all(any(group) for group in compared)


def test_a_tree_without_branches_says_nothing():
    assert Tree([Branch(episode_of(0, 0, 1))]).advantages(0.9).tolist() == [0, 0, 0]
    assert Tree([Branch(episode_of())]).advantages(0.9).tolist() == []


def test_equal_outcomes_have_no_advantage():
    tree = Tree([Branch(episode_of(0, 0.3)), Branch(episode_of(0, 0.3), 0, 0), Branch(episode_of(0.3), 0, 1)])
    assert tree.advantages(0.7) == pytest.approx([0] * 5, abs=1e-15)


# -- where to branch ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "length", "turns"),
    [(1, 6, [0]), (2, 6, [0, 3]), (3, 7, [0, 2, 4]), (4, 4, [0, 1, 2, 3]), (9, 3, [0, 1, 2]), (2, 0, [])],
)
def test_evenly(count, length, turns):
    assert evenly(count)(episode_of(*[0] * length)) == turns


def test_uncertain_branches_where_tokens_were_unlikely():
    episode = episode_of(0, 0, 0, 0, logprobs=[[-0.1, -0.1], [-2.0], [-0.1, -3.0], [-1.55]])
    assert uncertain(2)(episode) == [1, 2]
    assert uncertain(9)(episode) == [0, 1, 2, 3]
    assert uncertain(1)(episode_of(0, 0, logprobs=[[], []])) == [0]
    assert uncertain(1)(episode_of()) == []


@pytest.mark.parametrize(
    "settings", [{"width": 0}, {"rounds": 0}, {"slots": 0}, {"at": lambda _: [TURNS]}, {"at": lambda _: [-1]}]
)
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(ConfigError):
        trees(roots(1), **settings)


@pytest.mark.parametrize("gamma", [-0.1, 1.1, float("nan")])
def test_a_gamma_out_of_range_is_refused(gamma):
    with pytest.raises(ConfigError, match="gamma"):
        Tree([Branch(episode_of(1))]).advantages(gamma)


def test_a_turn_that_is_named_twice_branches_once():
    (tree,) = trees(roots(1), at=lambda _: [2, 0, 2], width=1)
    assert [branch.turn for branch in tree.branches[1:]] == [0, 2]


def test_text_agents_grow_trees_too():
    (tree,) = trees(roots(1, agent=RandomAgent()), agent=RandomAgent(), width=1)
    assert len(tree.branches) == 1 + TURNS


# -- with a model ---------------------------------------------------------------------------------


def tiny_agent():
    from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
    from gem.agents.tiny.tokenizer import TinyTokenizer

    tokenizer = TinyTokenizer.train(["bits: [0, 1] over"] * 20, 300)
    model = TinyDecoder(ModelConfig(tokenizer.vocab_size, width=16, layers=1, heads=2, context=160), seed=1)
    return TinyAgent(model, tokenizer, max_new_tokens=2)


class AnyBits(Bits):
    """Takes any reply for a bit."""

    def _step(self, action):
        return super()._step("1" if len(action) % 2 else "0")


@pytest.mark.slow
def test_a_model_reads_on_branches_what_a_trainer_reads():
    from gem.train.batch import Batch, chosen_logprobs

    agent = tiny_agent()
    (tree,) = trees(roots(1, AnyBits, agent), AnyBits, agent, width=2, rounds=2, at=evenly(2))
    batch = Batch.of(tree.episodes, pad=agent.pad)
    logprobs_M, _ = chosen_logprobs(agent, batch)
    np.testing.assert_allclose(logprobs_M.detach(), batch.logprobs_M, atol=1e-5)
    assert len(logprobs_M) == sum(len(turn.token_ids) for episode in tree.episodes for turn in episode.turns)


@pytest.mark.slow
def test_a_model_says_the_same_in_any_number_of_slots():
    def actions(slots):
        agent = tiny_agent()
        (tree,) = trees(roots(1, AnyBits, agent), AnyBits, agent, width=2, at=evenly(2), slots=slots)
        return [turn.token_ids for episode in tree.episodes for turn in episode.turns]

    assert actions(1) == actions(3) == actions(64)
