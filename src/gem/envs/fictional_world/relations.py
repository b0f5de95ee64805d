"""What can be true in a fictional world, how its passages tell it, and how questions ask for it.

Passages and questions share no word but names and units, so that a question is more than its passage with a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["province", "mountain", "river", "town", "person", "organisation", "work", "event"]
Number = Literal["year", "date", "number"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that is known of each thing of a kind, with one value for each; hence a question has one answer."""

    kind: Kind
    name: str
    target: Kind | Number
    """The kind of what it leads to, or of the value that it is."""
    told: tuple[str, ...]
    """Sentences of a passage: {s} is whom the passage is about, {y} the value."""
    asked: tuple[str, ...]
    """Questions for the value: {x} is a name or a phrase."""
    named: tuple[str, ...] = ()
    """Phrases that stand for the value in a longer question."""
    unit: str = ""

    @property
    def leads_on(self) -> bool:
        """Whether its value is a thing of which more is known."""
        return bool(self.named)


RELATIONS = (
    Relation(
        "province",
        "capital",
        "town",
        ("It is ruled from {y}.", "Its governor resides in {y}."),
        ("What is the capital of {x}?", "Which town is the capital of {x}?"),
        ("the capital of {x}",),
    ),
    Relation(
        "province",
        "peak",
        "mountain",
        ("Nothing in it rises above {y}.", "{y} towers over all of it."),
        ("What is the highest mountain of {x}?", "Which mountain is the highest in {x}?"),
        ("the highest mountain of {x}",),
    ),
    Relation(
        "province",
        "proclaimed",
        "year",
        ("Its banner was first flown in {y}.", "Its borders were drawn in {y}."),
        ("What is the year of proclamation of {x}?", "What is the founding year of {x}?"),
    ),
    Relation(
        "province",
        "area",
        "number",
        ("It covers {y} square leagues.", "Surveyors give it {y} square leagues."),
        ("How large is {x}, in square leagues?", "What is the area of {x}, in square leagues?"),
        unit="square leagues",
    ),
    Relation(
        "mountain",
        "province",
        "province",
        ("It stands in {y}.", "Its slopes are grazed by the herds of {y}."),
        ("Which province contains {x}?",),
        ("the province that contains {x}",),
    ),
    Relation(
        "mountain",
        "climber",
        "person",
        ("Nobody had stood on its summit before {y}.", "It defeated all comers until {y} planted a flag there."),
        ("Who made the first ascent of {x}?", "Who was the first to climb {x}?"),
        ("the first climber of {x}", "the person who first climbed {x}"),
    ),
    Relation(
        "mountain",
        "height",
        "number",
        ("Its summit lies {y} metres above the sea.", "It rises to {y} metres."),
        ("How high is {x}, in metres?", "What is the height of {x}, in metres?"),
        unit="metres",
    ),
    Relation(
        "river",
        "source",
        "mountain",
        ("Its springs lie on the slopes of {y}.", "It is fed by the snows of {y}."),
        ("What is the source of {x}?", "Which mountain is the source of {x}?"),
        ("the source of {x}",),
    ),
    Relation(
        "river",
        "mouth",
        "town",
        ("It meets the sea at {y}.", "Its last bridge is that of {y}."),
        ("Which town stands at the mouth of {x}?", "What is the name of the town at the mouth of {x}?"),
        ("the town at the mouth of {x}",),
    ),
    Relation(
        "river",
        "length",
        "number",
        ("It winds for {y} kilometres through hills and moors.", "Boatmen count {y} kilometres of it."),
        ("How long is {x}, in kilometres?", "What is the length of {x}, in kilometres?"),
        unit="kilometres",
    ),
    Relation(
        "town",
        "province",
        "province",
        ("It pays its taxes to {y}.", "It sends two deputies to the diet of {y}."),
        ("In which province is {x}?", "What is the home province of {x}?"),
        ("the home province of {x}",),
    ),
    Relation(
        "town",
        "river",
        "river",
        ("Its mills are driven by {y}.", "Barges reach it on {y}."),
        ("Which river flows through {x}?", "What is the name of the river that flows through {x}?"),
        ("the river that flows through {x}",),
    ),
    Relation(
        "town",
        "mayor",
        "person",
        ("The keys of its gates were given to {y} before anybody else.", "{y} was the earliest to chair its council."),
        ("Who was the first mayor of {x}?",),
        ("the first mayor of {x}",),
    ),
    Relation(
        "town",
        "sister",
        "town",
        ("It has sworn eternal friendship to {y}.", "An old alliance ties it to {y}."),
        ("With which town is {x} twinned?", "What is the twin town of {x}?"),
        ("the twin town of {x}",),
    ),
    Relation(
        "town",
        "population",
        "number",
        ("The last census counted {y} souls.", "Its walls shelter {y} people."),
        ("What is the number of inhabitants of {x}?", "What is the population of {x}?"),
        unit="inhabitants",
    ),
    Relation(
        "town",
        "chartered",
        "year",
        ("It has held a market since {y}.", "Its seal was cut in {y}."),
        ("In what year were town rights given to {x}?", "In what year was a charter granted to {x}?"),
    ),
    Relation(
        "person",
        "birthplace",
        "town",
        ("{s} came into the world in {y}.", "{s} was a native of {y}."),
        ("In which town was {x} born?", "What is the birthplace of {x}?"),
        ("the birthplace of {x}",),
    ),
    Relation(
        "person",
        "born",
        "date",
        ("{s} first saw the light on {y}.", "The life of {s} began on {y}."),
        ("On which date was {x} born?", "What is the date of birth of {x}?"),
    ),
    Relation(
        "person",
        "teacher",
        "person",
        ("{s} learned the craft from {y}.", "{s} began as an apprentice of {y}."),
        ("Who taught {x}?", "Who was the teacher of {x}?"),
        ("the teacher of {x}", "the person who taught {x}"),
    ),
    Relation(
        "person",
        "spouse",
        "person",
        ("{s} exchanged rings with {y}.", "{s} shared hearth and home with {y}."),
        ("Who was the husband or wife of {x}?", "Who was the spouse of {x}?"),
        ("the spouse of {x}",),
    ),
    Relation(
        "person",
        "school",
        "organisation",
        ("{s} was enrolled at {y} for four winters.", "{s} held a scholarship of {y}."),
        ("At which institution did {x} study?", "Which institution educated {x}?"),
        ("the institution that educated {x}",),
    ),
    Relation(
        "person",
        "grave",
        "town",
        ("{s} was laid to rest in {y}.", "The tomb of {s} can be seen in {y}."),
        ("In which town is {x} buried?", "What is the burial place of {x}?"),
        ("the burial place of {x}",),
    ),
    Relation(
        "organisation",
        "founder",
        "person",
        ("It owes its beginnings to {y}.", "{y} set it up with borrowed money."),
        ("Who founded {x}?", "Who was the founder of {x}?"),
        ("the founder of {x}",),
    ),
    Relation(
        "organisation",
        "director",
        "person",
        ("{y} was chosen to run it.", "Its affairs were put into the hands of {y}."),
        ("Who was the first director of {x}?",),
        ("the first director of {x}",),
    ),
    Relation(
        "organisation",
        "seat",
        "town",
        ("Its gates open on the main square of {y}.", "It occupies a former granary in {y}."),
        ("In which town is {x} based?", "Where is the seat of {x}?"),
        ("the seat of {x}",),
    ),
    Relation(
        "organisation",
        "founded",
        "year",
        ("It has existed since {y}.", "It opened its doors in {y}."),
        ("In which year was {x} founded?", "What is the opening year of {x}?"),
    ),
    Relation(
        "organisation",
        "members",
        "number",
        ("Its rolls list {y} names.", "It has {y} people on its books."),
        ("How many members are there in {x}?", "What is the number of members of {x}?"),
        unit="members",
    ),
    Relation(
        "work",
        "maker",
        "person",
        ("It came from the hand of {y}.", "{y} laboured at it for three winters."),
        ("Who created {x}?", "Who is the author of {x}?"),
        ("the creator of {x}", "the author of {x}"),
    ),
    Relation(
        "work",
        "owner",
        "organisation",
        ("It can be admired at {y}.", "It is in the keeping of {y}."),
        ("Which institution owns {x}?", "To which institution does {x} belong?"),
        ("the institution that owns {x}",),
    ),
    Relation(
        "work",
        "subject",
        "event",
        ("It tells the story of {y}.", "It takes its theme from {y}."),
        ("Which event does {x} depict?", "What event is {x} about?"),
        ("the event that {x} depicts",),
    ),
    Relation(
        "work",
        "dedicatee",
        "person",
        ("It was a gift of thanks to {y}.", "Its inscription honours {y}."),
        ("To whom is {x} dedicated?", "Who is the dedicatee of {x}?"),
        ("the dedicatee of {x}",),
    ),
    Relation(
        "work",
        "finished",
        "year",
        ("It was first shown in {y}.", "The public has known it since {y}."),
        ("In which year was {x} completed?", "What is the year of completion of {x}?"),
    ),
    Relation(
        "event",
        "place",
        "town",
        ("It was witnessed by all of {y}.", "Its outcome was announced from the steps of the town hall of {y}."),
        ("Where did {x} happen?", "What was the location of {x}?"),
        ("the location of {x}",),
    ),
    Relation(
        "event",
        "leader",
        "person",
        ("{y} gave the orders.", "At its head stood {y}."),
        ("Who led {x}?", "Who was the leader of {x}?"),
        ("the leader of {x}", "the person who led {x}"),
    ),
    Relation(
        "event",
        "day",
        "date",
        ("Chronicles enter it under {y}.", "Church bells announced it on {y}."),
        ("On which date did {x} happen?", "On which day, month and year did {x} happen?"),
    ),
    Relation(
        "event",
        "crowd",
        "number",
        ("It drew in {y} men and women.", "Witnesses speak of a crowd of {y}."),
        ("How many people took part in {x}?", "What was the number of participants in {x}?"),
        unit="people",
    ),
)
OF_KIND: dict[Kind, tuple[Relation, ...]] = {
    kind: tuple(one for one in RELATIONS if one.kind == kind) for kind in KINDS
}
"""Kind → its relations."""
