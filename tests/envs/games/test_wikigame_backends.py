"""Wikis behind the wiki game: a ZIM file, a real kiwix-serve and an Action API give the same pages as the country
they were written from, and whatever goes wrong with them is an error that says so."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from gem.envs.games.wikigame import WikiGameEnv
from gem.envs.games.wikigame.backend import Backend, open_backend
from gem.envs.games.wikigame.backend.article import read_article
from gem.envs.games.wikigame.dynamics import Trail
from gem.envs.games.wikigame.errors import BackendUnavailable, NoInstance, NoMap, PageNotFound, WikiGameError
from gem.envs.games.wikigame.world_prose import summary
from gem.errors import ConfigError, EnvError, MissingExtra, ResetNeeded, UnknownArgument
from gem.seeding import generator
from gem.snapshot import Snapshot
from tests.envs.games.wiki_servers import (
    COUNTRY,
    DEAD,
    REDIRECT,
    REDIRECTS_TO,
    TRICKY,
    action_api,
    article,
    free_port,
    kiwix_serve,
    write_zim,
)


@pytest.fixture(scope="module")
def zim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wiki") / "country.zim"
    write_zim(path)
    return path


@pytest.fixture(scope="module", params=["zim", "kiwix", "mediawiki"])
def wiki(request: pytest.FixtureRequest) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each kind of real wiki with the same pages: its name and its arguments."""
    if request.param == "mediawiki":
        with action_api() as (url, _):
            yield "mediawiki", {"url": url}
        return
    path: Path = request.getfixturevalue("zim")
    if request.param == "zim":
        yield "zim", {"path": str(path)}
        return
    with kiwix_serve(path) as (url, _):
        yield "kiwix", {"url": url, "content": "country"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


# -- pages --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_page_is_what_it_was_written_from(wiki: tuple[str, dict[str, Any]]) -> None:
    ours, theirs = open_backend("graph", {"pages": 60, "world": 5}), open_backend(*wiki)
    for title in COUNTRY.titles[1:]:
        assert theirs.page(title) == ours.page(title)


@pytest.mark.slow
def test_a_redirect_leads_to_the_page_it_stands_for(wiki: tuple[str, dict[str, Any]]) -> None:
    backend = open_backend(*wiki)
    assert backend.page(REDIRECT) == backend.page(REDIRECTS_TO)
    assert backend.page(REDIRECT).title == REDIRECTS_TO


@pytest.mark.slow
def test_a_title_may_hold_what_addresses_find_hard(wiki: tuple[str, dict[str, Any]]) -> None:
    backend = open_backend(*wiki)
    assert TRICKY in backend.page(REDIRECTS_TO).links
    page = backend.page(TRICKY)
    assert (page.title, page.summary, page.links) == (TRICKY, "An odd page.", (COUNTRY.titles[0],))


@pytest.mark.slow
@pytest.mark.parametrize("title", ["Nowhere", "../../etc/passwd", "?", "#", "\x00", "%2e", "Map.png"])
def test_a_missing_page_is_an_error_of_that_name(wiki: tuple[str, dict[str, Any]], title: str) -> None:
    with pytest.raises(PageNotFound):
        open_backend(*wiki).page(title)


@pytest.mark.slow
def test_random_titles_are_articles_and_depend_on_the_seed_alone(wiki: tuple[str, dict[str, Any]]) -> None:
    backend = open_backend(*wiki)
    drawn = [[backend.random_title(rng) for _ in range(12)] for rng in (generator(1), generator(1), generator(2))]
    assert drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0]) <= {*COUNTRY.titles, TRICKY, REDIRECT}
    assert len(set(drawn[0] + drawn[2])) > 8


# -- episodes -----------------------------------------------------------------------------------


def winning_walk(backend: Backend, start: str, target: str) -> list[str]:
    """The titles from start to target, by breadth-first search over the links of the wiki."""
    paths, queue = {start: [start]}, deque([start])
    while target not in paths:
        here = queue.popleft()
        for link in backend.page(here).links:
            if link not in {*paths, REDIRECT, DEAD}:
                paths[link] = [*paths[here], link]
                queue.append(link)
    return paths[target][1:]


@pytest.mark.slow
def test_a_whole_episode_can_be_won_within_its_turns(wiki: tuple[str, dict[str, Any]]) -> None:
    name, arguments = wiki
    env = WikiGameEnv(max_turns=4, backend=name, trawler_kwargs=arguments, par=(2, 4), partial_credit=False)
    starts: set[tuple[str, str]] = set()
    for seed in range(5):
        obs, _ = env.reset(seed=seed)
        start, target = env.state.trail.here, env.state.target
        assert f"Page: {start}\n" in obs
        assert target in obs
        walk = winning_walk(open_backend(*wiki), start, target)
        assert 2 <= len(walk) <= 4
        steps = [env.step(f"\\boxed{{{title}}}") for title in walk]
        assert [step.reward for step in steps] == [0.0] * (len(walk) - 1) + [1.0]
        assert steps[-1].info["success"]
        starts.add((start, target))
    assert len(starts) > 3


@pytest.mark.slow
def test_an_episode_in_a_real_wiki_repeats_restores_and_forks(wiki: tuple[str, dict[str, Any]]) -> None:
    env, other = (WikiGameEnv(backend=wiki[0], trawler_kwargs=wiki[1], variant="freenav") for _ in range(2))
    assert env.reset(seed=3) == other.reset(seed=3)
    rng = np.random.default_rng(0)
    env.step(env.sample_random_action(rng))
    other.restore(Snapshot.from_json(env.snapshot().to_json()))
    fork = env.fork()
    for action in [env.sample_random_action(rng), "\\boxed{no such page}", "<PREV_PAGE>", "", "\\boxed{\ud800}"]:
        assert env.step(action) == other.step(action) == fork.step(action)


@pytest.mark.slow
def test_a_real_wiki_has_no_map(wiki: tuple[str, dict[str, Any]]) -> None:
    env = WikiGameEnv(backend=wiki[0], trawler_kwargs=wiki[1])
    env.reset(seed=0)
    for ask in (env.solve, env.distance):
        with pytest.raises(NoMap, match="graph"):
            ask()


@pytest.mark.slow
def test_a_link_that_leads_nowhere_costs_a_step_and_no_more(wiki: tuple[str, dict[str, Any]]) -> None:
    env = at_the_country(WikiGameEnv(backend=wiki[0], trawler_kwargs=wiki[1]))
    obs, reward, terminated, truncated, info = env.step(f"\\boxed{{{DEAD}}}")
    assert "leads nowhere" in info["event"]
    assert (reward, terminated, truncated) == (-0.05, False, False)
    assert f"Page: {REDIRECTS_TO}\n" in obs


@pytest.mark.slow
def test_a_redirect_to_the_target_wins(wiki: tuple[str, dict[str, Any]]) -> None:
    env = at_the_country(WikiGameEnv(backend=wiki[0], trawler_kwargs=wiki[1]))
    env.state.target = REDIRECTS_TO
    env.state.trail = Trail([COUNTRY.links[REDIRECTS_TO][0]])
    env._wiki.page = lambda title: replace(page(title), links=(REDIRECT,))  # type: ignore[method-assign]
    page = open_backend(*wiki).page
    assert env.step(f"\\boxed{{{REDIRECT}}}").info["success"]


@pytest.mark.slow
def test_links_beyond_the_first_are_counted_but_not_shown(wiki: tuple[str, dict[str, Any]]) -> None:
    env = at_the_country(WikiGameEnv(backend=wiki[0], trawler_kwargs=wiki[1], max_links=2))
    links = open_backend(*wiki).page(REDIRECTS_TO).links
    assert f"Links: {links[0]} | {links[1]} | ({len(links) - 2} more, not shown)\n" in env.board()
    assert "no such link" in env.step(f"\\boxed{{{links[2]}}}").info["event"]


def at_the_country(env: WikiGameEnv) -> WikiGameEnv:
    """An episode that stands on the page with the odd links, on its way to no page of them."""
    env.reset(seed=0)
    env.state.trail, env.state.target = Trail([REDIRECTS_TO]), COUNTRY.titles[-1]
    return env


# -- a world that fails -------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["kiwix", "mw"])
def test_a_reset_without_a_server_raises_a_named_error(backend: str) -> None:
    env = WikiGameEnv(backend=backend, trawler_kwargs={"url": f"http://127.0.0.1:{free_port()}", "timeout_s": 0.5})
    with pytest.raises(BackendUnavailable, match="refused"):
        env.reset(seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGKILL])
def test_a_server_that_stops_ends_the_episode_as_truncated_in_time(zim: Path, stop: signal.Signals) -> None:
    with kiwix_serve(zim) as (url, server):
        arguments = {"url": url, "content": "country", "timeout_s": 0.2}
        env = WikiGameEnv(backend="kiwix", trawler_kwargs=arguments)
        env.reset(seed=0)
        env.state.trail = Trail([COUNTRY.titles[-1]])  # a page not looked at before
        server.send_signal(stop)
        if stop is signal.SIGKILL:
            server.wait()
        begun = perf_counter()
        obs, reward, terminated, truncated, info = env.step("\\boxed{anything}")
        assert perf_counter() - begun < 2
        assert (reward, terminated, truncated, info["success"]) == (0.0, False, True, False)
        assert info["error"]["type"] == "BackendUnavailable"
        assert url in info["error"]["message"]
        assert obs == info["event"]
        with pytest.raises(ResetNeeded):
            env.step("\\boxed{anything}")
        with pytest.raises(BackendUnavailable):
            env.reset(seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["slow", "trickle"])
def test_no_answer_is_waited_for_longer_than_the_time_out(trouble: str) -> None:
    with action_api(trouble) as (url, handler):
        backend = open_backend("mw", {"url": url, "timeout_s": 0.15, "retries": 5})
        begun = perf_counter()
        with pytest.raises(BackendUnavailable, match="TimeoutError"):
            backend.page("Anything")
        assert 0.1 < perf_counter() - begun < 1
        assert len(handler.asked) == 1


@pytest.mark.parametrize(("trouble", "tries"), [("busy", 3), ("html", 1), ("truncated", 3), ("ratelimited", 1)])
def test_what_is_no_answer_of_a_wiki_is_refused(trouble: str, tries: int) -> None:
    with action_api(trouble) as (url, handler):
        backend = open_backend("mw", {"url": url, "retries": 2})
        with pytest.raises(BackendUnavailable):
            backend.page("Anything")
        assert len(handler.asked) == tries


def test_a_wiki_that_recovers_is_asked_again() -> None:
    with action_api("busy") as (url, handler):
        backend = open_backend("mw", {"url": url, "retries": 0})
        with pytest.raises(BackendUnavailable):
            backend.page(REDIRECTS_TO)
        handler.trouble = ""
        assert backend.page(REDIRECTS_TO).title == REDIRECTS_TO


def test_a_page_is_fetched_once() -> None:
    with action_api() as (url, handler):
        backend = open_backend("mw", {"url": url})
        assert backend.page(REDIRECTS_TO) is backend.page(REDIRECTS_TO)
        assert len(handler.asked) == 1


@pytest.mark.slow
def test_a_kiwix_without_that_content_says_so(zim: Path) -> None:
    with kiwix_serve(zim) as (url, _), pytest.raises(BackendUnavailable, match="serves no content called 'wikipedia'"):
        WikiGameEnv(backend="kiwix", trawler_kwargs={"url": url}).reset(seed=0)


@pytest.mark.parametrize("error", [PageNotFound("x"), BackendUnavailable("x"), NoMap("x"), NoInstance("x")])
def test_an_error_survives_the_trip_back_from_a_worker(error: WikiGameError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), "x")
    assert isinstance(again, EnvError)


# -- arguments ----------------------------------------------------------------------------------


def test_an_unknown_backend_or_argument_is_refused_with_the_closest_name() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'kiwix'"):
        WikiGameEnv(backend="kiwi")
    with pytest.raises(UnknownArgument, match="Did you mean 'timeout_s'"):
        WikiGameEnv(backend="mw", trawler_kwargs={"timeout": 3})
    with pytest.raises(ConfigError, match="http://"):
        WikiGameEnv(backend="mw", trawler_kwargs={"url": "file:///etc/passwd"})
    with pytest.raises(ConfigError, match="timeout_s is 0"):
        WikiGameEnv(backend="kiwix", trawler_kwargs={"timeout_s": 0})


def test_a_file_that_is_no_zim_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("libzim.reader", reason="libzim is not installed")
    with pytest.raises(ConfigError, match="there is no ZIM file"):
        open_backend("zim", {"path": str(tmp_path / "none.zim")})
    (tmp_path / "text.zim").write_text("not a ZIM file")
    with pytest.raises(ConfigError, match="is no ZIM file"):
        open_backend("zim", {"path": str(tmp_path / "text.zim")})


def test_without_libzim_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libzim.reader", None)
    with pytest.raises(MissingExtra, match=r"gem-gym\[zim\]"):
        open_backend("zim", {"path": "any.zim"})


@pytest.mark.slow
def test_only_the_zim_backend_imports_libzim_and_only_when_asked() -> None:
    code = (
        "import sys, gem; gem.make('game:WikiGame-v0').reset(seed=0);"
        "from gem.envs.games.wikigame.backend import kiwix, mediawiki, zim; sys.exit('libzim' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# -- reading articles ---------------------------------------------------------------------------


def test_an_article_is_its_lead_and_its_article_links() -> None:
    title = COUNTRY.titles[1]
    read = read_article(article(COUNTRY, title), title.replace(" ", "_"))
    assert read == (summary(COUNTRY, title), COUNTRY.links[title])


@pytest.mark.parametrize(
    ("href", "title"),
    [
        ("Harwick", "Harwick"), ("./Harwick", "Harwick"), ("./Harwick#History", "Harwick"), ("./A/../Top", "Top"),
        ("./AC%2FDC", "AC/DC"), ("./Caf%C3%A9_(bar)", "Café (bar)"), ("./Alien%3A_Covenant", "Alien: Covenant"),
        ("./What%3F", "What?"), ("./A_%26_B", "A & B"), ("./Plan:_B", "Plan: B"), (" ./Blank ", "Blank"),
        ("#History", None), ("", None), ("./File:Map.png", None), ("./Template_talk:Box", None),
        ("./category:Towns", None), ("Page?action=edit", None), ("https://example.org/wiki/Page", None),
        ("//example.org/Page", None), ("mailto:a@b", None), ("javascript:alert(1)", None), ("./Here_(page)#Top", None),
        ("http://[broken", None),
    ],
)  # fmt: skip
def test_only_links_to_other_articles_count(href: str, title: str | None) -> None:
    html = f'<div class="mw-parser-output"><a href="{href}">x</a></div>'
    assert read_article(html, "Here_(page)").links == ((title,) if title else ())


def test_links_of_a_title_with_a_slash_start_from_its_folder() -> None:
    html = '<a href="../Harwick">x</a><a href="DC">x</a><a href="./DC_(band)">x</a>'
    assert read_article(html, "AC/DC").links == ("Harwick", "AC/DC (band)")


def test_links_of_old_files_are_read_below_their_folder() -> None:
    html = '<a href="Harwick">x</a><a href="../I/map.png">x</a><a href="../A/Sarn">x</a>'
    assert read_article(html, "A/Start", "A/").links == ("Harwick", "Sarn")


@pytest.mark.parametrize(
    "html", ["", "<", "<p", "</p></p></div>", "<a href>", "<p>" * 5000, "<![CDATA[", "&#xD800;", "\x00"]
)
def test_whatever_the_html_something_is_read(html: str) -> None:
    assert read_article(html, "Here").links == ()
