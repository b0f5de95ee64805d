"""Invented countries: the same seed the same facts, whose years agree, and a page for each that a reader can reach."""

from __future__ import annotations

import pytest

from gem.envs.games.wikigame.backend import open_backend
from gem.envs.games.wikigame.errors import PageNotFound
from gem.envs.games.wikigame.founding import build_world
from gem.envs.games.wikigame.wikipage import WikipediaPage
from gem.envs.games.wikigame.world import World, distances_to
from gem.envs.games.wikigame.world_prose import TEMPLATES, sentences, summary
from gem.seeding import generator

COUNTRY = build_world(0, 400)


def year(world: World, title: str) -> int:
    """When a person was born, or when anything else happened."""
    facts = world.entities[title].facts
    return int(facts["born"] if "born" in facts else facts["year"])


@pytest.mark.parametrize("pages", [60, 61, 100, 333, 400, 2000])
def test_a_country_has_as_many_pages_as_asked_and_each_leads_to_each(pages: int) -> None:
    world = build_world(3, pages)
    assert len(world.titles) == len(set(world.titles)) == pages
    assert len(world.distances_from(world.titles[-1])) == pages
    assert len(distances_to(world, world.titles[-1])) == pages


def test_a_country_depends_on_its_number_alone() -> None:
    again = build_world.__wrapped__(0, 400)
    assert again.entities == COUNTRY.entities
    assert again.links == COUNTRY.links
    assert len({tuple(build_world(number, 60).titles) for number in range(20)}) == 20


def test_a_page_links_to_its_facts_its_home_and_what_it_is_home_of() -> None:
    for title, entity in COUNTRY.entities.items():
        named = {value for value in entity.facts.values() if isinstance(value, str)}
        guests = {other.title for other in COUNTRY.entities.values() if other.home == title}
        links = COUNTRY.links[title]
        assert set(links) == named | guests | ({entity.home} if entity.home else set())
        assert len(links) == len(set(links))
        assert title not in links


def test_homes_lead_up_to_the_country() -> None:
    depths = {"country": 1, "region": 2, "discipline": 2, "town": 3, "river": 3, "work": 5}
    for title, entity in COUNTRY.entities.items():
        assert len(COUNTRY.ancestry(title)) == depths.get(entity.kind, 4)
        assert COUNTRY.ancestry(title)[-1] == COUNTRY.titles[0]


@pytest.mark.parametrize("number", range(3))
def test_the_years_of_a_country_agree(number: int) -> None:
    world = build_world(number, 400)
    for title, entity in world.entities.items():
        facts = entity.facts
        if teacher := facts.get("teacher"):
            assert 10 <= year(world, title) - year(world, str(teacher)) <= 50
        if leader := facts.get("leader"):
            assert 30 <= year(world, title) - year(world, str(leader)) <= 70
        if model := facts.get("model"):
            assert year(world, str(model)) <= year(world, title)
        if entity.kind == "work":
            assert entity.home
            assert 25 <= year(world, title) - year(world, entity.home) < 65
            subject = world.entities[str(facts["subject"])]
            assert subject.kind in {"town", "river"} or year(world, subject.title) < year(world, title)
        if pupil := facts.get("pupil"):
            assert world.entities[str(pupil)].facts["school"] == title


def test_every_fact_is_told_and_every_link_is_a_fact_or_a_home() -> None:
    assert {entity.kind for entity in COUNTRY.entities.values()} == TEMPLATES.keys()
    for title, entity in COUNTRY.entities.items():
        text = summary(COUNTRY, title)
        assert "{" not in text
        for value in entity.facts.values():
            assert str(value) in text


@pytest.mark.slow
def test_the_first_sentence_names_every_home_in_a_hundred_characters() -> None:
    for number in range(8):
        world = build_world(number, 400)
        for title in world.titles:
            first = sentences(world, title)[0]
            assert len(first) <= 100
            line = world.ancestry(title)
            assert all(home in first for home in line[: max(2, len(line) - 1)])


def test_passages_are_one_to_four_sentences() -> None:
    assert {len(sentences(COUNTRY, title)) for title in COUNTRY.titles} <= {1, 2, 3, 4}
    works = [entity for entity in COUNTRY.entities.values() if entity.kind == "work"]
    assert any("(" in work.title for work in works)
    assert any("'" in work.title for work in works)
    assert any(not title.isascii() for title in COUNTRY.titles)


def test_a_country_is_a_wiki_like_any_other() -> None:
    wiki = open_backend("graph", {"pages": 400, "world": 0})
    drawn = [[wiki.random_title(rng) for _ in range(20)] for rng in (generator(1), generator(1))]
    assert drawn[0] == drawn[1]
    page = wiki.page(drawn[0][0])
    assert page == WikipediaPage(page.title, summary(COUNTRY, page.title), COUNTRY.links[page.title])
    with pytest.raises(PageNotFound, match="'Nowhere'"):
        wiki.page("Nowhere")


@pytest.mark.parametrize("pages", [59, 2001])
def test_a_country_too_small_or_too_large_is_refused(pages: int) -> None:
    with pytest.raises(ValueError, match="60 to 2000"):
        build_world(0, pages)
