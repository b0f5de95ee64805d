"""The facts of an invented country in sentences: one to four for each entity, every fact in one of them.

The first sentence says what an entity is and where it belongs, up to its region, in at most 100 characters.
"""

from __future__ import annotations

from gem.envs.games.wikigame.world import Entity, World

TEMPLATES: dict[str, tuple[str, ...]] = {
    "country": ("{title} is an old country of {regions} regions.", "Its capital is {capital}."),
    "discipline": ("{title} is one of the arts of the {home}.", "It is taught at the {seat}."),
    "region": (
        "{title} is a region of the {home}.",
        "Its chief town is {chief_town}.",
        "It borders on the {neighbour}.",
    ),
    "river": ("{title} is a river of the {home}.", "It reaches the sea near {mouth}."),
    "town": ("{title} is a town in the {place}.", "It lies on the {river} and trades with {partner}."),
    "school": (
        "{title} is {a_noun} in {place}.",
        "It was founded in {year} and teaches {discipline}.",
        "Its best-known pupil is {pupil}.",
    ),
    "person": (
        "{title}, born in {born}, was {a_noun} from {place}.",
        "{surname} learned {discipline} at the {school}.",
        "The teacher that {surname} owed most to was {teacher}.",
    ),
    "work": (
        "{title} is {a_noun} by {place}.",
        "It was finished in {year}.",
        "It takes its subject from {subject}.",
        "It is modelled on {model}.",
    ),
    "incident": ("{title} was {a_noun} of {year} in {place}.", "A leading part in it fell to {leader}."),
}
"""Kind → sentences; one whose fact an entity lacks is left out. `place` is the line of homes up to the region."""


def summary(world: World, title: str) -> str:
    """The passage on `title`."""
    return " ".join(sentences(world, title))


def sentences(world: World, title: str) -> list[str]:
    """The passage on `title`, sentence by sentence."""
    entity = world.entities[title]
    words = {
        **entity.facts,
        "title": title,
        "a_noun": f"{'an' if entity.noun[0] in 'aeiou' else 'a'} {entity.noun}",
        "home": entity.home,
        "place": _place(world, entity),
        "surname": title.rpartition(" ")[2],
    }
    said: list[str] = []
    for template in TEMPLATES[entity.kind]:
        try:
            said.append(template.format_map(words))
        except KeyError:
            continue
    return said


def _place(world: World, entity: Entity) -> str:
    """`Harwick, Duchy of Sarn`, or for a work `Anka Tolvar of Harwick, Duchy of Sarn`."""
    homes = world.ancestry(entity.title)[1:-1]
    return f"{homes[0]} of {', '.join(homes[1:])}" if entity.kind == "work" else ", ".join(homes)
