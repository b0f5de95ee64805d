"""What several envs tell in a few steps, one of which is hit by something, and what is expected of that."""

from __future__ import annotations

from functools import cache

from tests.vector.executor_cases import result_bytes, serialised, toys, vector_of

COUNT, BAD, WHEN, STEPS = 4, 1, 3, 8


def told(vec, deed="play", steps=STEPS, when=WHEN):
    """Each env's story in `steps` steps, as results and as bytes; at step `when` env BAD does the deed."""
    firsts = vec.reset()
    results = [[] for _ in range(vec.num_envs)]
    texts = [[serialised(*first)] for first in zip(*firsts, strict=True)]
    for step in range(steps):
        actions = ["play"] * vec.num_envs
        if step == when:
            actions[BAD] = deed
        for index, result in enumerate(zip(*vec.step(actions), strict=True)):
            results[index].append(result)
            texts[index].append(result_bytes(*result))
    return firsts, results, texts


@cache
def undisturbed():
    """What the envs tell when nothing happens."""
    with vector_of("loop", toys(COUNT)) as vec:
        return told(vec)[2]


def assert_lost(result, shown, kind, *words):
    """A result that ended an episode because of the world, under SAME_STEP; `shown` was the observation before it."""
    obs, reward, terminated, truncated, info = result
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert info["error"]["type"] == kind
    for word in words:
        assert word in info["error"]["message"]
    assert info["final_observation"] == shown
    assert info["final_info"] == {"success": False, "error": info["error"]}
    assert " turn 0 draws " in obs


def assert_only_one_lost(vec, deed, kind, *words):
    """Env BAD loses its episode by the deed and plays on; its siblings tell what they always tell."""
    firsts, results, texts = told(vec, deed)
    story = results[BAD]
    assert_lost(story[WHEN], firsts[0][BAD] if WHEN == 0 else story[WHEN - 1][0], kind, *words)
    for result in story[WHEN + 1 :]:
        assert "error" not in result[4]
    assert [result[0].split(" draws ")[0] for result in story[WHEN + 1 :]] == [
        f"env {BAD} turn {(turn + 1) % 4}" for turn in range(STEPS - WHEN - 1)
    ]
    for index in set(range(vec.num_envs)) - {BAD}:
        assert texts[index] == undisturbed()[index]
