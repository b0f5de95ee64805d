"""The policy losses: against plain loops over tokens, and their gradients where these are known in closed form."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.train.algorithms import LOSS_NAMES
from gem.train.losses import LOSSES, cispo, clipped_surrogate, gspo, policy_gradient
from gem.train.losses.ratio import clip_bounds, token_ratio, turn_ratio

ADVANTAGES = torch.tensor([1.5, -2.0, 0.0, 0.3])
OLD = torch.tensor([-0.1, -1.0, -2.0, -3.0])
TURNS = torch.tensor([0, 0, 0, 2])  # turn 1 has no tokens

TOKENS = st.lists(
    st.tuples(st.floats(-3, 0), st.floats(-1, 1), st.floats(-2, 2), st.integers(0, 3)), min_size=1, max_size=12
)
"""For each token: its log-probability before, the change of it, its advantage and its turn."""


def columns(tokens):
    """The tokens in order of their turns, as four tensors in double precision: new, old, advantages, turns."""
    old, change, advantages, turns = zip(*sorted(tokens, key=lambda token: token[3]), strict=True)
    old_M, change_M, advantages_M = (torch.tensor(values, dtype=torch.float64) for values in (old, change, advantages))
    return old_M + change_M, old_M, advantages_M, torch.tensor(turns)


def gradient(loss, at):
    logprobs = at.clone().requires_grad_()
    loss(logprobs).sum().backward()
    return logprobs.grad


def close(actual, expected, rel=1e-9):
    expected = expected.tolist() if isinstance(expected, torch.Tensor) else expected
    assert actual.tolist() == pytest.approx(expected, rel=rel, abs=rel)


# -- identities ---------------------------------------------------------------------------------------


def test_the_names_are_those_of_the_settings():
    assert set(LOSSES) == set(LOSS_NAMES)


@pytest.mark.parametrize("name", LOSSES)
def test_at_the_sampling_policy_every_gradient_is_the_policy_gradient(name):
    slopes = gradient(lambda logprobs: LOSSES[name](logprobs, OLD, ADVANTAGES, TURNS, None, None), OLD)
    close(slopes, -ADVANTAGES, 1e-6)


@settings(max_examples=10)
@given(TOKENS)
def test_gspo_with_one_token_a_turn_is_ppo_with_the_same_clip(tokens):
    new, old, advantages, _ = columns(tokens)
    alone = torch.arange(len(new))
    close(gspo(new, old, advantages, alone, 0.1, 0.2), clipped_surrogate(new, old, advantages, 0.1, 0.2))
    close(
        gradient(lambda logprobs: gspo(logprobs, old, advantages, alone, 0.1, 0.2), new),
        gradient(lambda logprobs: clipped_surrogate(logprobs, old, advantages, 0.1, 0.2), new),
    )


def test_a_turn_with_two_opposite_changes_has_ratio_one():
    new = OLD + torch.tensor([0.5, -0.5, 0.0, 0.7])
    close(turn_ratio(new, OLD, TURNS), [1.0, 1.0, 1.0, math.exp(0.7)], 1e-6)


@pytest.mark.parametrize(("advantage", "ratio", "moves"), [
    (1.0, 1.3, False),  # already likelier than the clip allows
    (1.0, 0.5, True),
    (-1.0, 0.7, False),  # already less likely than the clip allows
    (-1.0, 1.5, True),
])  # fmt: skip
@pytest.mark.parametrize("name", ["ppo", "gspo"])
def test_the_clip_stops_gradients_that_go_further_only(name, advantage, ratio, moves):
    new = torch.tensor([ratio]).log()
    at = (torch.zeros(1), torch.tensor([advantage]), torch.zeros(1, dtype=torch.int64), 0.2, 0.2)
    slope = gradient(lambda logprobs: LOSSES[name](logprobs, *at), new)
    assert bool(slope != 0) is moves


@pytest.mark.parametrize(("advantage", "ratio"), [(1.0, 30.0), (-1.0, 0.01), (1.0, 1e6), (-1.0, 1e-6)])
def test_cispo_keeps_the_gradient_of_tokens_that_ppo_drops(advantage, ratio):
    new, old, advantages = torch.tensor([ratio]).log(), torch.zeros(1), torch.tensor([advantage])
    assert gradient(lambda logprobs: clipped_surrogate(logprobs, old, advantages), new) == 0
    slope = gradient(lambda logprobs: cispo(logprobs, old, advantages), new)
    assert slope * advantage < 0
    assert slope.abs() <= 5.0


def test_clip_higher_lets_likelier_tokens_go_further_and_nothing_else():
    new, old = torch.tensor([1.25, 1.25, 0.75]).log(), torch.zeros(3)
    advantages = torch.tensor([1.0, -1.0, -1.0])
    symmetric = gradient(lambda logprobs: clipped_surrogate(logprobs, old, advantages, 0.2), new)
    higher = gradient(lambda logprobs: clipped_surrogate(logprobs, old, advantages, 0.2, 0.28), new)
    assert symmetric[0] == 0
    assert higher[0] == pytest.approx(-1.25)
    assert higher[1:].tolist() == symmetric[1:].tolist()


def test_the_losses_do_not_differentiate_what_they_compare_with():
    for name in LOSSES:
        new, old, advantages = (values.clone().requires_grad_() for values in (OLD + 0.1, OLD, ADVANTAGES))
        LOSSES[name](new, old.detach(), advantages.detach(), TURNS, None, None).sum().backward()
        assert new.grad is not None
        assert old.grad is None


# -- against plain loops ------------------------------------------------------------------------------


def proximal_by_hand(ratio, advantage, low, high):
    """PPO's loss of one token, and its slope in the token's log-probability, by cases."""
    if advantage > 0 and ratio > 1 + high:
        return -(1 + high) * advantage, 0.0
    if advantage < 0 and ratio < 1 - low:
        return -(1 - low) * advantage, 0.0
    return -ratio * advantage, -ratio * advantage


@settings(max_examples=20)
@given(TOKENS, st.sampled_from([(0.2, 0.2), (0.2, 0.28), (0.05, 0.6)]))
def test_ppo_is_the_loop_over_tokens_in_value_and_gradient(tokens, clip):
    new, old, advantages, turns = columns(tokens)
    expected = [
        proximal_by_hand(math.exp(n - o), a, *clip)
        for n, o, a in zip(new.tolist(), old.tolist(), advantages.tolist(), strict=True)
    ]
    close(LOSSES["ppo"](new, old, advantages, turns, *clip), [value for value, _ in expected])
    slopes = gradient(lambda logprobs: LOSSES["ppo"](logprobs, old, advantages, turns, *clip), new)
    close(slopes, [slope for _, slope in expected])


@settings(max_examples=20)
@given(TOKENS, st.sampled_from([(3e-4, 4e-4), (0.1, 0.3)]))
def test_gspo_is_the_loop_over_turns_in_value_and_gradient(tokens, clip):
    new, old, advantages, turns = columns(tokens)
    ratio_of = {}
    for turn in set(turns.tolist()):
        changes = [n - o for n, o, t in zip(new.tolist(), old.tolist(), turns.tolist(), strict=True) if t == turn]
        ratio_of[turn] = math.exp(sum(changes) / len(changes))
    expected = [
        proximal_by_hand(ratio_of[t], a, *clip) for t, a in zip(turns.tolist(), advantages.tolist(), strict=True)
    ]
    close(LOSSES["gspo"](new, old, advantages, turns, *clip), [value for value, _ in expected])
    slopes = gradient(lambda logprobs: LOSSES["gspo"](logprobs, old, advantages, turns, *clip), new)
    close(slopes, [slope for _, slope in expected])


@settings(max_examples=20)
@given(TOKENS, st.sampled_from([(1.0, 4.0), (1.0, 0.28), (0.2, 0.2)]))
def test_cispo_is_the_loop_over_tokens_in_value_and_gradient(tokens, clip):
    new, old, advantages, turns = columns(tokens)
    weights = [
        min(max(math.exp(n - o), 1 - clip[0]), 1 + clip[1]) for n, o in zip(new.tolist(), old.tolist(), strict=True)
    ]
    slopes = [-w * a for w, a in zip(weights, advantages.tolist(), strict=True)]
    values = [slope * n for slope, n in zip(slopes, new.tolist(), strict=True)]
    close(LOSSES["cispo"](new, old, advantages, turns, *clip), values)
    close(gradient(lambda logprobs: LOSSES["cispo"](logprobs, old, advantages, turns, *clip), new), slopes)


@settings(max_examples=20)
@given(TOKENS)
def test_the_gradient_of_gspo_is_that_of_its_sequence_form(tokens):
    """Equation 5 of the paper, differentiated through the whole ratio, where a turn's tokens share an advantage."""
    new, old, _, turns = columns(tokens)
    advantage_of = {0: 1.0, 1: -0.5, 2: 0.0, 3: 2.0}
    advantages = torch.tensor([advantage_of[turn] for turn in turns.tolist()], dtype=torch.float64)
    present = sorted(set(turns.tolist()))

    def sequence_form(logprobs):
        total = torch.zeros((), dtype=torch.float64)
        for turn in present:
            ratio = (logprobs - old)[turns == turn].mean().exp()
            advantage = advantage_of[turn]
            total = total - torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.3) * advantage)
        return total / len(present)

    def token_form(logprobs):
        losses = gspo(logprobs, old, advantages, turns, 0.2, 0.3)
        return torch.stack([losses[turns == turn].mean() for turn in present]).mean()

    close(token_form(new), sequence_form(new).item())
    close(gradient(token_form, new), gradient(sequence_form, new))


# -- bounds and bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high", "bounds"), [
    (None, None, (0.9, 1.3)),
    (0.2, None, (0.8, 1.2)),  # one width means both
    (None, 0.5, (0.9, 1.5)),
    (0.2, 0.5, (0.8, 1.5)),
    (0.0, 0.0, (1.0, 1.0)),
])  # fmt: skip
def test_a_clip_is_symmetric_unless_said_otherwise_and_the_methods_own_unless_given(low, high, bounds):
    assert clip_bounds(low, high, (0.1, 0.3)) == pytest.approx(bounds)


@pytest.mark.parametrize(("name", "ratio", "advantage", "slope"), [
    ("ppo", 1.19, 1.0, -1.19), ("ppo", 1.21, 1.0, 0.0), ("ppo", 0.81, -1.0, 0.81), ("ppo", 0.79, -1.0, 0.0),
    ("gspo", 1.00039, 1.0, -1.00039), ("gspo", 1.00041, 1.0, 0.0),
    ("gspo", 0.99971, -1.0, 0.99971), ("gspo", 0.99969, -1.0, 0.0),
    ("cispo", 0.01, 1.0, -0.01), ("cispo", 4.9, 1.0, -4.9), ("cispo", 5.1, 1.0, -5.0),
])  # fmt: skip
def test_what_is_clipped_by_default(name, ratio, advantage, slope):
    new = torch.tensor([ratio], dtype=torch.float64).log()
    at = (torch.zeros_like(new), torch.full_like(new, advantage), torch.zeros(1, dtype=torch.int64), None, None)
    close(gradient(lambda logprobs: LOSSES[name](logprobs, *at), new), [slope])


@pytest.mark.parametrize(("low", "high"), [(-0.1, None), (0.1, -0.1), (math.nan, None), (None, math.nan)])
@pytest.mark.parametrize("name", ["ppo", "gspo", "cispo"])
def test_an_impossible_clip_is_refused(name, low, high):
    with pytest.raises(ConfigError, match="widths"):
        LOSSES[name](OLD, OLD, ADVANTAGES, TURNS, low, high)


@pytest.mark.parametrize("change", [-1e3, 1e3, -1e30, 1e30, -21.0, 21.0])
@pytest.mark.parametrize("name", LOSSES)
def test_huge_changes_give_finite_losses_and_gradients(name, change):
    new = OLD + torch.tensor([change, -change, change, change])
    losses = LOSSES[name](new, OLD, ADVANTAGES, TURNS, None, None)
    assert losses.isfinite().all()
    assert gradient(lambda logprobs: LOSSES[name](logprobs, OLD, ADVANTAGES, TURNS, None, None), new).isfinite().all()


def test_a_ratio_beyond_the_limit_is_cut_off_and_has_no_gradient():
    new, old = torch.tensor([25.0, 15.0, -25.0]), torch.zeros(3)
    close(token_ratio(new, old), [math.exp(20), math.exp(15), math.exp(-20)], 1e-6)
    assert (gradient(lambda logprobs: token_ratio(logprobs, old), new) != 0).tolist() == [False, True, False]


@pytest.mark.parametrize("name", LOSSES)
def test_no_tokens_have_no_losses(name):
    none = torch.zeros(0, requires_grad=True)
    losses = LOSSES[name](none, torch.zeros(0), torch.zeros(0), torch.zeros(0, dtype=torch.int64), None, None)
    assert losses.shape == (0,)
    losses.sum().backward()
    assert none.grad.shape == (0,)


def test_policy_gradient_is_the_advantage_times_the_log_probability():
    close(policy_gradient(OLD, ADVANTAGES), [0.15, -2.0, 0.0, 0.9], 1e-6)
