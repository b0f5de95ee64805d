"""The wiki game in invented countries: honest rewards, four ways of going back, and a way for whoever reads."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

import gem
from gem.envs.games.wikigame import WikiGameEnv
from gem.envs.games.wikigame._titles import BACK, NO_MOVE, match, read_reply
from gem.envs.games.wikigame.dynamics import DEPTHS, Trail, costs_back, go_back, go_to, named_at_will
from gem.envs.games.wikigame.errors import NoInstance
from gem.envs.games.wikigame.routes import reader_s_turns
from gem.envs.games.wikigame.wikipage import WikipediaPage, shortened
from gem.errors import ConfigError
from gem.snapshot import Snapshot
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def small(**arguments: Any) -> WikiGameEnv:
    """A game in a country that is quickly made."""
    env = WikiGameEnv(**{"trawler_kwargs": {"pages": 60, "world": 1}, "par": (3, 4), **arguments})
    env.reset(seed=0)
    return env


def boxed(title: str) -> str:
    return f"\\boxed{{{title}}}"


def links(env: WikiGameEnv) -> tuple[str, ...]:
    """Links of the present page that do not win."""
    return tuple(title for title in env.page(env.state.trail.here).links if title != env.state.target)


# -- solver -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_reader_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:WikiGame{variant}")
    for seed in range(30):
        env.reset(seed=seed)
        par = env.state.par
        assert par is not None
        assert env.par[0] <= par <= env.par[1]
        assert env.distance() == par
        reward, info = finish(env)
        assert info["success"]
        assert par <= env.turn_count <= env.max_turns
        assert reward == pytest.approx(1 - 0.05 * (env.turn_count - 1) if "v0" in variant else 1.0)


@pytest.mark.parametrize("tier", WikiGameEnv.tiers)
def test_the_reader_wins_every_tier(tier: str) -> None:
    env = WikiGameEnv(**WikiGameEnv.tiers[tier])
    for seed in range(5):
        env.reset(seed=seed)
        assert finish(env)[1]["success"]


def test_the_reader_needs_only_what_was_shown() -> None:
    """Every title it goes to stands in the target's summary, as cut at reset, or in that of the present page."""
    env = WikiGameEnv(par=(5, 6), max_turns=12)
    for seed in range(6):
        env.reset(seed=seed)
        world, target = env._map(), env.state.target
        known = {title for title in world.ancestry(target)[:-1] if title in env.rules()}
        assert known == set(world.ancestry(target)[:-1])
        while env.state.trail.here != target:
            move = env.solve()[7:-1]
            assert move in env.board().partition("Links: ")[2].partition("\n")[0].split(" | ")
            assert move in known or move == world.entities[env.state.trail.here].home
            env.step(boxed(move))


def test_the_reader_finds_its_way_from_wherever_random_moves_led() -> None:
    env = WikiGameEnv(max_turns=30, par=(4, 5), variant="eidetic")
    rng = np.random.default_rng(0)
    for seed in range(10):
        env.reset(seed=seed)
        if not any(env.step(env.sample_random_action(rng)).done for _ in range(15)):
            assert finish(env)[1]["success"]


@pytest.mark.slow
@pytest.mark.parametrize("variant", DEPTHS)
def test_the_distance_is_exact_in_every_variant(variant: str) -> None:
    """Against a search over whole trails, wherever random moves led."""

    def search(env: WikiGameEnv) -> int:
        wave, turns = [env.fork()], 0
        while True:
            turns += 1
            ahead: dict[tuple[Any, ...], WikiGameEnv] = {}
            for node in wave:
                trail = node.state.trail
                for move in {*node.page(trail.here).links, *named_at_will(trail, variant), BACK}:
                    after = node.fork()
                    if after.step(boxed(move)).info.get("success"):
                        return turns
                    state = after.state.trail
                    ahead[state.here, tuple(state.behind), frozenset(state.visited)] = after
            wave = list(ahead.values())

    rng = np.random.default_rng(1)
    for seed in range(4):
        env = WikiGameEnv(100, variant=variant, trawler_kwargs={"pages": 60}, par=(3, 3))
        env.reset(seed=seed)
        for _ in range(3):
            if env.distance() <= 3:
                assert env.distance() == search(env)
            if env.step(env.sample_random_action(rng)).done:
                break


def test_every_step_of_a_shortest_path_brings_the_target_one_nearer() -> None:
    env = small()
    while (left := env.distance()) > 0:
        world = env._map()
        nearer = [title for title in world.links[env.state.trail.here] if _distance(env, title) == left - 1]
        env.step(boxed(nearer[0]))
        assert env.distance() == left - 1
    assert env.state.trail.here == env.state.target
    assert env.turn_count == env.state.par


def _distance(env: WikiGameEnv, title: str) -> int:
    return env._map().distances_from(title)[env.state.target]


# -- rewards ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("partial_credit", "step_reward", "illegal"), [(True, -0.05, -0.2), (False, 0.0, 0.0)])
def test_what_each_outcome_pays(partial_credit: bool, step_reward: float, illegal: float) -> None:
    env = small(partial_credit=partial_credit)
    assert env.step(boxed(links(env)[0])).reward == step_reward
    assert env.step(boxed("No Such Page")).reward == illegal
    assert env.step(BACK).reward == illegal
    assert env.step("I would rather not.").reward == -0.2
    env.state.trail = Trail([next(iter(env._map().backlinks[env.state.target]))])
    assert env.step(boxed(env.state.target))[1:4] == (1.0, True, False)


def test_a_format_error_costs_its_turn_and_the_game_goes_on() -> None:
    env = small()
    here = env.state.trail.here
    obs, reward, terminated, truncated, info = env.step("no box at all")
    assert (reward, terminated, truncated) == (-0.2, False, False)
    assert info["event"] == "Turn 1: no title could be read.\n"
    assert obs.endswith(f"Target: {env.state.target}. 9 turns left.\n")
    assert env.state.trail.visited == [here]
    assert finish(env)[1]["success"]


@pytest.mark.parametrize(("reply", "reward"), [("legal", 0.0), ("\\boxed{No Such Page}", -0.2), ("nothing", -0.2)])
def test_the_last_turn_truncates_and_pays_no_more_than_nothing(reply: str, reward: float) -> None:
    env = small(max_turns=4)
    env.state.turn = 3
    step = env.step(boxed(links(env)[0]) if reply == "legal" else reply)
    assert step[1:4] == (reward, False, True)
    assert step.info["success"] is False


def test_walking_in_circles_earns_less_than_nothing() -> None:
    env = small(variant="freenav", max_turns=20)
    gained = 0.0
    for _ in range(10):
        gained += env.step(boxed(links(env)[0])).reward + env.step(BACK).reward
    assert gained < -0.8


@pytest.mark.slow
def test_random_moves_seldom_win_v1() -> None:
    for variant in ("-v1", "-v1-hard", "-v1-random"):
        env = gem.make(f"game:WikiGame{variant}")
        rng, wins = np.random.default_rng(0), 0
        for seed in range(25):
            env.reset(seed=seed)
            while not (step := env.step(env.sample_random_action(rng))).done:
                pass
            wins += step.info["success"]
        assert wins <= 3


# -- variants -----------------------------------------------------------------------------------


def test_noregrets_leads_back_by_links_only() -> None:
    env = small(variant="noregrets")
    start = env.state.trail.here
    env.step(boxed(links(env)[0]))
    assert "no way back" in env.step(BACK).info["event"]
    if start not in links(env):
        assert "no such link" in env.step(boxed(start)).info["event"]
    assert BACK not in env.board()


def test_oneback_leads_back_once_and_again_after_a_link() -> None:
    env = small(variant="oneback", max_turns=20)
    start = env.state.trail.here
    assert "no way back" in env.step(BACK).info["event"]
    env.step(boxed(links(env)[0]))
    middle = env.state.trail.here
    env.step(boxed(links(env)[0]))
    assert f"{BACK} leads to {middle}\n" in env.board()
    assert f"you go back to {middle}." in env.step(BACK).info["event"]
    assert "no way back" in env.step(BACK).info["event"]
    assert env.state.trail.here == middle
    env.step(boxed(links(env)[-1]))
    assert f"you go back to {middle}." in env.step(BACK).info["event"]
    assert start == env.state.trail.visited[0]


def test_freenav_leads_back_to_the_start_as_a_browser_does() -> None:
    env = small(variant="freenav", max_turns=20)
    for _ in range(3):
        env.step(boxed(links(env)[0]))
    first, second, third, _ = env.state.trail.visited
    assert f"{BACK} leads to {third} > {second} > {first}\n" in env.board()
    env.step(BACK)
    env.step(BACK)
    assert env.state.trail.here == second
    env.step(boxed(links(env)[-1]))
    assert env.state.trail.behind == [first, second]
    for _ in range(2):
        env.step(BACK)
    assert env.state.trail.here == first
    assert "no way back" in env.step(BACK).info["event"]


def test_eidetic_reaches_every_page_visited_by_its_name() -> None:
    env = small(variant="eidetic", max_turns=20)
    while env.state.trail.visited[0] in links(env) or len(env.state.trail.visited) < 4:
        env.step(boxed(links(env)[-1]))
    first, last = env.state.trail.visited[0], env.state.trail.here
    assert f"you go to {first}." in env.step(boxed(first.upper())).info["event"]
    assert f"you go back to {last}." in env.step(BACK).info["event"]
    assert "no such link" in env.step(boxed(env._map().titles[-1])).info["event"]


def test_each_variant_allows_what_the_one_before_allows() -> None:
    trails = {variant: Trail(["A"]) for variant in DEPTHS}
    for variant, trail in trails.items():
        for title in "BCD":
            go_to(trail, title, variant)
        if trail.behind:
            go_back(trail)
    costs = [costs_back(trail, variant) for variant, trail in trails.items()]
    assert costs == [{"D": 0}, {"C": 0}, {"C": 0, "B": 1, "A": 2}, {"C": 0, "D": 1, "B": 1, "A": 1}]


def test_a_variant_of_none_is_drawn_for_each_episode() -> None:
    env = small(variant=None)
    assert {(env.reset(), env.state.variant)[1] for _ in range(40)} == set(DEPTHS)


# -- replies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("\\boxed{Siege of Harwick (1287)}", "Siege of Harwick (1287)"),
        ("First \\boxed{A}, no: \\boxed{The Miller's Dream}.", "The Miller's Dream"),
        ("\\boxed{\\text{Åse Tolvar}}", "Åse Tolvar"),
        ("\\boxed{ AC/DC & 100% {x} }", "AC/DC & 100% {x}"),
        ("\\boxed{A} \\boxed{}", "A"),
        ("<PREV_PAGE>", BACK),
        ("I go back. < prev_page >", BACK),
        ("\\boxed{<PREV_PAGE>}", BACK),
        ("\\boxed{PREV_PAGE}", BACK),
        ("Not <PREV_PAGE> but \\boxed{A}", "A"),
        ("Not \\boxed{A} but <PREV_PAGE>", BACK),
        ("", NO_MOVE),
        ("\\boxed{", NO_MOVE),
        ("\\boxed{}", NO_MOVE),
        ("\\boxed{" + "a" * 400 + "}", NO_MOVE),
        ("PREV_PAGE", NO_MOVE),
    ],
)
def test_a_reply_is_read(reply: str, title: str) -> None:
    assert read_reply(reply) == title


@pytest.mark.parametrize(
    "written",
    [
        "The Miller's Dream (opera)",
        "the miller’s dream (OPERA)",
        "  The_Miller's  Dream (opera)",
        "The Miller\\'s Dream (opera)",
    ],
)
def test_a_title_is_matched_however_it_is_written(written: str) -> None:
    assert match(written, ["The Miller's Dream", "The Miller's Dream (opera)"]) == "The Miller's Dream (opera)"


def test_an_exact_title_comes_before_one_alike() -> None:
    assert match("polish", ["Polish", "polish"]) == "polish"
    assert match("POLISH", ["Polish", "polish"]) == "Polish"
    assert match("Åse", ["A\u030ase"]) == "A\u030ase"
    assert match("_", ["A"]) is None
    assert match("Pol", ["Polish"]) is None


# -- text ---------------------------------------------------------------------------------------


def test_the_first_and_the_last_observation_say_all() -> None:
    env = small(variant="freenav")
    first, _ = env.reset(seed=4)
    env.step(boxed(links(env)[0]))
    obs = env.step(boxed(links(env)[1])).obs
    trail, state = env.state.trail, env.state
    assert f"Reach the page {state.target} within 10 turns.\n" in first
    assert f"{env._summary(env.page(state.target))}" in first
    assert f"Page: {trail.here}\n{env._summary(env.page(trail.here))}" in obs
    assert f"Links: {' | '.join(env.page(trail.here).links)}\n" in obs
    assert f"Visited: {' > '.join(trail.visited)}\n" in obs
    assert obs.endswith(f"Target: {state.target}. 8 turns left.\n")


@pytest.mark.parametrize(
    ("length", "unit", "text"),
    [
        (7, "characters", "Dr. No…"), (6, "characters", "Dr. No…"), (2, "characters", "Dr…"), (99, "characters", None),
        (2, "words", "Dr. No…"), (9, "words", None), (2, "sentences", "Dr. No is a film."), (3, "sentences", None),
        (9, "sentences", None),
    ],
)  # fmt: skip
def test_a_summary_is_cut_at_characters_words_or_sentences(length: int, unit: str, text: str | None) -> None:
    whole = "Dr. No is a film. It is old."
    assert shortened(whole, length, unit) == (whole if text is None else text)


def test_the_summary_of_a_page_is_as_long_as_asked() -> None:
    env = small(page_summary_length=(4, "words"))
    target = env.page(env.state.target)
    assert f"\n{' '.join(target.summary.split()[:4])}…\n" in env.rules()


# -- instances ----------------------------------------------------------------------------------


def test_starts_are_diverse_and_never_the_target() -> None:
    env = gem.make("game:WikiGame-v1", seed=0)
    drawn = [(env.reset(), env.state)[1] for _ in range(20)]
    assert len({(state.country, state.trail.here, state.target) for state in drawn}) == 20
    assert all(state.trail.here != state.target for state in drawn)
    assert {state.par for state in drawn} == {3, 4, 5}


def test_one_country_can_be_kept() -> None:
    env = small(trawler_kwargs={"pages": 60, "world": 9})
    assert {(env.reset(), env.state.country)[1] for _ in range(5)} == {9}


def test_every_instance_leaves_the_reader_enough_turns() -> None:
    env = WikiGameEnv(max_turns=5, par=(4, 5), trawler_kwargs={"pages": 100})
    for seed in range(20):
        env.reset(seed=seed)
        assert reader_s_turns(env._map(), env.state.trail.here, env.state.target) <= 5


def test_no_target_is_further_away_than_there_are_turns() -> None:
    env = WikiGameEnv(max_turns=2, trawler_kwargs={"pages": 60})
    for seed in range(5):
        env.reset(seed=seed)
        assert env.state.par == 2
        assert finish(env)[1]["success"]


def test_a_distance_that_no_two_pages_have_is_refused() -> None:
    with pytest.raises(NoInstance, match="60 pages are 9 to 10 links"):
        WikiGameEnv(par=(9, 10), trawler_kwargs={"pages": 60}).reset(seed=0)


@pytest.mark.parametrize("variant", ["-v0", "-v1-random"])
def test_snapshots_and_forks_continue_alike_in_another_country(variant: str) -> None:
    env, twin = gem.make(f"game:WikiGame{variant}", seed=3), gem.make(f"game:WikiGame{variant}", seed=9)
    env.reset()
    twin.reset()
    env.step(env.solve())
    snapshot, fork = Snapshot.from_json(env.snapshot().to_json()), env.fork()
    twin.restore(snapshot)
    env.reset()  # elsewhere: the fork stays
    rng = np.random.default_rng(0)
    for action in [twin.solve(), *(twin.sample_random_action(rng) for _ in range(2)), "", BACK]:
        assert twin.step(action) == fork.step(action)
        assert twin.board() == fork.board()


# -- names and arguments ------------------------------------------------------------------------


def test_the_old_paths_lead_here() -> None:
    old = "gem.envs.game_env.wikigame"
    assert importlib.import_module(old).WikiGameEnv is WikiGameEnv
    rewards = importlib.import_module(f"{old}.rewards").WikiGameReward
    named = (rewards.success, rewards.internal_step, rewards.fail, rewards.invalid_action, rewards.format_error)
    assert named == (1.0, -0.05, 0.0, -0.2, -0.2)
    assert importlib.import_module(f"{old}.wikipage").WikipediaPage is WikipediaPage
    for module in ("errors", "dynamics", "backend", "backend.kiwix", "backend.mediawiki"):
        assert importlib.import_module(f"{old}.{module}").__name__ == f"gem.envs.games.wikigame.{module}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "noreturn"}, "variant is one of"),
        ({"page_summary_length": (100, "letters")}, "page_summary_length"),
        ({"page_summary_length": (0, "words")}, "page_summary_length"),
        ({"par": (5, 3)}, "par is a lower and an upper bound"),
        ({"par": (0, 3)}, "par is a lower and an upper bound"),
        ({"max_links": 0}, "max_links 0"),
        ({"max_turns": 0}, "max_turns is 0"),
        ({"trawler_kwargs": {"pages": 5}}, "60 to 2000 pages, not 5"),
    ],
)
def test_what_makes_no_game_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        WikiGameEnv(**arguments)
