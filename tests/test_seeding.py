"""gem.seeding: any int is a seed, and one seed makes many independent streams."""

import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gem.seeding import derive, generator, generator_from, np_random, set_seed

ANY_INT = st.integers(-(2**130), 2**130)
KEYS = st.lists(st.integers(-5, 2**70) | st.text(st.characters(codec=None)), max_size=4)


@given(ANY_INT)
@example(10**5000)
def test_any_int_is_a_seed(seed):
    assert generator(seed).random() == generator(seed).random()


@given(ANY_INT, ANY_INT)
@example(3, -3)
@example(0, 2**64)
@example(1, 1 + 2**32)
def test_different_seeds_give_different_streams(one, other):
    same = generator(one).integers(2**63) == generator(other).integers(2**63)
    assert same == (one == other)


@pytest.mark.parametrize("seed", [1.0, "1", b"1", [1]])
def test_what_is_no_int_is_refused_by_name(seed):
    with pytest.raises(TypeError, match=f"not {type(seed).__name__}"):
        generator(seed)


def test_numpy_ints_are_seeds_like_any_other():
    assert generator(np.int64(7)).random() == generator(7).random()
    assert derive(np.int64(1), np.uint8(7)) == derive(1, 7)


def test_no_seed_gives_fresh_entropy():
    assert generator(None).integers(2**63) != generator(None).integers(2**63)


@given(ANY_INT, KEYS)
@example(10**5000, [10**5000])
@example(0, ["\ud800"])
def test_derived_seeds_are_stable_and_in_range(seed, keys):
    assert derive(seed, *keys) == derive(seed, *keys)
    assert 0 <= derive(seed, *keys) < 2**63


@given(st.tuples(ANY_INT, KEYS), st.tuples(ANY_INT, KEYS))
@example((1, ["a", "b"]), (1, ["a\0'b'"]))
@example((1, [7]), (1, ["7"]))
@example((1, [2]), (12, []))
def test_derived_seeds_depend_on_every_key(one, other):
    assert (derive(one[0], *one[1]) == derive(other[0], *other[1])) == (one == other)


def test_derived_seeds_are_the_same_in_every_release():
    assert derive(0) == PINNED[0]
    assert derive(0, "episode", 7) == PINNED[1]
    assert derive(-1, 2**70) == PINNED[2]


PINNED = (4246866556266386882, 983666360137297936, 6261794417750601098)


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox])
def test_a_generator_goes_on_from_its_state(bits):
    rng = np.random.Generator(bits(3))
    rng.random()
    twin = generator_from(rng.bit_generator.state)
    assert twin.random(5).tolist() == rng.random(5).tolist()


@pytest.mark.parametrize("state", [{}, {"bit_generator": "seed"}, {"bit_generator": "os"}])
def test_a_state_of_nothing_known_is_refused(state):
    with pytest.raises(ValueError, match="no bit generator"):
        generator_from(state)


def test_only_set_seed_touches_the_process_wide_generators():
    before = random.getstate(), np.random.get_state()[1].tolist()
    generator(1).random()
    np_random(5)
    derive(1, "x")
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    set_seed(-5)
    once = random.random(), np.random.random()
    set_seed(-5)
    assert (random.random(), np.random.random()) == once


def test_np_random_gives_generator_and_seed():
    rng, seed = np_random(5)
    assert seed == 5
    assert rng.random() == generator(5).random()
