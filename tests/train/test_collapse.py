"""Template collapse: the estimate against exact mutual information, its bounds, and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gem.errors import ConfigError
from gem.train.collapse import PromptDependence, prompt_dependence

MATRICES = st.tuples(st.integers(1, 6), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-60, 0))
)


def test_it_is_the_mutual_information_of_a_channel_that_is_sampled_exactly():
    """Each reply is there as often as it is likely, so that the mean over replies is the expectation."""
    fours_P_Z = np.array([[4, 0, 0], [1, 2, 1], [0, 1, 3]])  # probabilities of three replies, in quarters
    logprobs, prompts = [], []
    with np.errstate(divide="ignore"):
        log_P_Z = np.log(fours_P_Z / 4)
    for prompt, counts in enumerate(fours_P_Z):
        for reply, count in enumerate(counts):
            logprobs += [log_P_Z[:, reply]] * count
            prompts += [prompt] * count
    joint = fours_P_Z / 12
    exact = sum(
        p * math.log(p / (joint[prompt].sum() * joint[:, reply].sum()))
        for (prompt, reply), p in np.ndenumerate(joint)
        if p
    )
    assert prompt_dependence(logprobs, prompts).information == pytest.approx(exact)


@given(MATRICES, st.randoms(use_true_random=False))
def test_it_is_the_loop_over_replies(matrix, random):
    replies, prompts = matrix.shape
    own = [random.randrange(prompts) for _ in range(replies)]
    terms = []
    for reply in range(replies):
        mixture = sum(math.exp(value) for value in matrix[reply]) / prompts
        terms.append(matrix[reply, own[reply]] - math.log(mixture))
    measured = prompt_dependence(matrix, own)
    assert measured.information == pytest.approx(sum(terms) / replies, abs=1e-9)
    assert measured.information <= measured.ceiling + 1e-9
    assert measured.ceiling == pytest.approx(math.log(prompts))
    assert 0 <= measured.share <= 1
    assert 0 <= measured.retrieval <= 1


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("logprob", [0.0, -3.0, -1e4])
def test_replies_that_ignore_the_prompt_say_nothing(size, logprob):
    measured = prompt_dependence(np.full((size, size), logprob))
    assert measured.information == pytest.approx(0, abs=1e-9)
    assert measured.share == pytest.approx(0, abs=1e-9)
    assert measured.retrieval == pytest.approx(measured.chance)


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("other", [-math.inf, -1e4])
def test_replies_that_only_one_prompt_can_have_say_everything(size, other):
    matrix = np.full((size, size), other)
    np.fill_diagonal(matrix, -2.0)
    measured = prompt_dependence(matrix)
    assert measured.information == pytest.approx(measured.ceiling)
    assert measured.share == pytest.approx(1)
    assert measured.retrieval == 1


def test_a_template_whose_words_vary_has_entropy_and_no_information():
    """Four openings, equally likely under every prompt: each reply has 1.4 nats, none of them about its prompt."""
    measured = prompt_dependence(np.full((8, 4), math.log(1 / 4)), [0, 0, 1, 1, 2, 2, 3, 3])
    assert measured.information == pytest.approx(0)


def test_replies_likelier_under_other_prompts_go_below_zero_and_the_share_does_not():
    measured = prompt_dependence([[-5.0, -1.0], [-1.0, -5.0]])
    assert measured.information < 0
    assert measured.share == 0
    assert measured.retrieval == 0


def test_prompts_that_tie_share_the_credit():
    assert prompt_dependence([[-1.0, -1.0, -2.0]], [0]).retrieval == 0.5


def test_a_single_prompt_has_nothing_to_be_told_from():
    assert prompt_dependence([[-3.0], [-9.0]], [0, 0]) == PromptDependence(0.0, 0.0, 0.0, 1.0, 1.0)


def test_no_replies_say_nothing():
    assert prompt_dependence(np.zeros((0, 4))) == PromptDependence(0.0, math.log(4), 0.0, 0.0, 0.25)


@pytest.mark.parametrize(
    ("matrix", "prompts"),
    [
        ([-1.0, -2.0], None),
        (np.zeros((2, 0)), None),
        (np.zeros((3, 2)), None),  # more replies than prompts, and not said which answers which
        (np.zeros((2, 2)), [0, 2]),
        (np.zeros((2, 2)), [0, -1]),
        (np.zeros((2, 2)), [0]),
        ([[math.nan, -1.0], [-1.0, -1.0]], None),
        ([[-1.0, math.inf], [-1.0, -1.0]], None),
        ([[-math.inf, -1.0], [-1.0, -1.0]], None),
    ],
)
def test_what_is_no_matrix_of_log_probabilities_is_refused(matrix, prompts):
    with pytest.raises(ConfigError):
        prompt_dependence(matrix, prompts)
