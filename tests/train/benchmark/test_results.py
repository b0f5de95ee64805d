"""Results survive what comes; curves are read at equal turns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.errors import CheckpointError
from gem.train.benchmark.curves import area, at, curve
from gem.train.benchmark.plan import Run, Start
from gem.train.benchmark.results import FILE, Results
from tests.train.benchmark.made_up import MULTI, PLAN, point, run_result, start_result

RUN = Run(MULTI.env, "ppo", 1e-3, 0)
START = Start(MULTI.env, 0)


def test_results_are_read_as_they_were_written(tmp_path):
    written = Results(tmp_path)
    written.add(start_result(PLAN, START))
    written.add(run_result(PLAN, RUN))
    assert Results(tmp_path).done == written.done
    assert list(written.done) == [START, RUN]


@pytest.mark.parametrize("cut", [1, 2, 50, 900])
def test_a_line_that_was_being_written_is_all_that_is_lost(tmp_path, cut):
    results = Results(tmp_path)
    results.add(start_result(PLAN, START))
    results.add(run_result(PLAN, RUN))
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-cut])
    again = Results(tmp_path)
    assert list(again.done) == [START]
    again.add(run_result(PLAN, RUN))
    assert Results(tmp_path).done == results.done


def test_a_line_that_is_no_result_is_named(tmp_path):
    Results(tmp_path).add(start_result(PLAN, START))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"kind": "walk"}\n')
    with pytest.raises(CheckpointError, match="line 2"):
        Results(tmp_path)


def test_a_curve_is_read_between_its_evaluations():
    points = [point(0, 0.0), point(110, 0.55), point(220, 0.0)]
    assert at(points, 100).success == pytest.approx(0.5)
    assert at(points, 165).success == pytest.approx(0.275)
    assert at(points, 165).mean_return == pytest.approx(0.55)
    assert at(points, 999).success == 0.0
    assert at(points, 0) == points[0]


def test_a_run_that_overshot_earns_nothing_by_it():
    """Two runs that learn at one speed, one of which collects in greater portions."""
    small = run_result(PLAN, RUN)
    small.points[:] = [point(turns, turns / 1000) for turns in (0, 100, 200)]
    large = run_result(PLAN, RUN)
    large.points[:] = [point(turns, turns / 1000) for turns in (0, 130, 260)]
    read = [[each.success for each in curve(run, [100, 200])] for run in (small, large)]
    assert read[0] == pytest.approx([0.0, 0.1, 0.2])
    assert read[1] == pytest.approx(read[0])


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_the_area_is_that_of_the_trapezes(heights):
    points = [point(50 * place, height) for place, height in enumerate(heights)]
    expected = sum((heights[i] + heights[i + 1]) / 2 for i in range(len(heights) - 1)) / (len(heights) - 1)
    assert area(points) == pytest.approx(expected)
    assert min(heights) - 1e-12 <= area(points) <= max(heights) + 1e-12


def test_the_area_of_uneven_steps_weighs_them():
    assert area([point(0, 1.0), point(30, 1.0), point(40, 0.0)]) == pytest.approx((30 + 5) / 40)
    assert np.isfinite(area([point(0, 0.2), point(1, 0.2)]))
