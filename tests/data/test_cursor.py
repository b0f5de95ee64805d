"""gem.data.Cursor: every row once an epoch, in an order that depends on seed and epoch alone."""

import copy
import json
from collections import Counter
from dataclasses import asdict
from itertools import pairwise, permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gem.data import Cursor
from gem.data.cursor import FEW, permuted
from gem.errors import ConfigError, DataError
from gem.value_json import dumps, loads


def asked(cursor, count):
    indices = []
    for _ in range(count):
        indices.append(cursor.index)
        cursor = cursor.next()
    return indices


@given(st.integers(1, 40), st.integers(-(2**70), 2**70), st.integers(0, 3))
@example(1, 0, 0)
@example(2, 0, 0)
@example(FEW, 0, 1)
@example(FEW + 1, 0, 1)
def test_an_epoch_asks_every_row_once(length, seed, epoch):
    start = Cursor(length, seed, step=epoch * length)
    assert sorted(asked(start, length)) == list(range(length))


def test_the_order_is_the_same_on_every_machine():
    assert asked(Cursor(10, seed=3), 12) == [4, 7, 3, 5, 1, 8, 0, 9, 6, 2, 2, 6]
    assert asked(Cursor(10**7, seed=3), 4) == [2979123, 6537659, 676385, 8052597]


def test_each_seed_and_each_epoch_has_an_order_of_its_own():
    orders = {tuple(asked(Cursor(50, seed, step=50 * epoch), 50)) for seed in range(-5, 5) for epoch in range(5)}
    assert len(orders) == 50


def test_ten_million_rows_need_no_list():
    cursor = Cursor(10**7, seed=1)
    indices = asked(cursor, 500)
    assert len(set(indices)) == 500
    assert min(indices) < 10**6 < 9 * 10**6 < max(indices)


def test_of_three_rows_each_order_is_as_likely():
    orders = Counter(tuple(asked(Cursor(3, seed), 3)) for seed in range(1200))
    assert set(orders) == set(permutations(range(3)))
    assert max(orders.values()) < 1.35 * min(orders.values())


def test_neighbours_of_many_rows_are_strangers():
    """The distance between successive rows is spread as that of random pairs, a third of the length on average."""
    length = 2000
    indices = [permuted(position, length, 99) for position in range(length)]
    mean = sum(abs(one - other) for one, other in pairwise(indices)) / length
    assert 0.3 < mean / length < 0.37
    assert sum(index == position for position, index in enumerate(indices)) < 8


def test_without_shuffling_rows_come_as_they_lie():
    assert asked(Cursor(3, shuffle=False), 7) == [0, 1, 2, 0, 1, 2, 0]


def test_epoch_and_position_count_on():
    cursor = Cursor(3, step=7)
    assert (cursor.epoch, cursor.position) == (2, 1)
    assert (cursor.next().next().epoch, cursor.next().next().position) == (3, 0)


@given(st.integers(1, 20), st.integers(1, 7), st.integers(0, 5))
@example(3, 7, 0)
def test_workers_share_an_epoch_without_overlap(length, workers, step):
    start = Cursor(length, seed=4, step=step * workers)
    shares = [asked(start.shard(worker, workers), length) for worker in range(workers)]
    merged = [index for turn in zip(*shares, strict=True) for index in turn]
    assert merged == asked(start, length * workers)


def test_a_shard_of_a_shard_is_a_smaller_shard():
    start = Cursor(12, seed=1)
    quarters = [asked(start.shard(a, 2).shard(b, 2), 3) for a in range(2) for b in range(2)]
    assert sorted(index for quarter in quarters for index in quarter) == list(range(12))


def test_a_cursor_is_a_small_value_that_goes_on_where_it_was():
    cursor = Cursor(10, seed=7, step=4, stride=2)
    later = asked(cursor, 20)
    assert asked(copy.deepcopy(cursor), 20) == later
    assert asked(Cursor(**json.loads(json.dumps(asdict(cursor)))), 20) == later
    assert asked(loads(dumps(cursor)), 20) == later


def test_no_rows_are_no_order():
    with pytest.raises(DataError, match="no rows"):
        Cursor(0)


@pytest.mark.parametrize("wrong", [{"step": -1}, {"stride": 0}])
def test_an_impossible_place_is_refused(wrong):
    with pytest.raises(ConfigError, match="step 0 or later"):
        Cursor(3, **wrong)


@pytest.mark.parametrize(("worker", "workers"), [(2, 2), (-1, 2), (0, 0)])
def test_an_impossible_worker_is_refused(worker, workers):
    with pytest.raises(ConfigError, match="workers"):
        Cursor(3).shard(worker, workers)


def test_a_seed_that_is_no_int_is_refused():
    with pytest.raises(TypeError):
        Cursor(3, seed=1.5)
