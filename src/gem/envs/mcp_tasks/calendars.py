"""Tasks over the calendar server."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta

import numpy as np

from gem.envs.mcp_tasks.task import PEOPLE, Call, Instance, Level, Task, mixed, number, pick, some
from gem.mcp.servers import Calendar, Event
from gem.mcp.servers.calendar import FORM, free, written

TITLES = ("Budget", "Design", "Hiring", "Interview", "Planning", "Review", "Rehearsal", "Sales", "Training", "Visit")
MONDAY = date(2026, 3, 2)
DAY_BEGINS, HALF_HOURS = 9, 16
"""Of a working day."""


def find_time(rng: np.random.Generator, level: Level) -> Instance:
    """Enter a meeting at the first time that suits three people."""
    people = some(rng, PEOPLE, 8 if level == "hard" else 5)
    guests, days = sorted(people[:3]), _week(rng)
    minutes = pick(rng, (90, 120)) if level == "hard" else pick(rng, (30, 60, 90))
    begin = _filled(rng, people, days, per_day=16 if level == "hard" else 8)
    found = _first_time(begin, guests, days, minutes)
    known = {person for event in begin.events.values() for person in event.people}
    if found is None or not known.issuperset(guests):
        return find_time(rng, level)
    start, end, tried = found
    title = f"{pick(rng, TITLES)} of the three"
    goal = copy.deepcopy(begin)
    goal.add(Event(title, start, end, guests))
    text = (
        f"{_joined(guests)} need {minutes} minutes together in the days from {days[0]} to {days[-1]}. Enter an event "
        f'called "{title}" for these three at the earliest time, within working hours ({begin.day_begins} to '
        f"{begin.day_ends}), at which all of them are free. It begins where that free time begins. Change nothing else."
    )
    plan = [Call("free_slots", {"people": guests, "day": day.isoformat()}) for day in tried]
    plan.append(Call("create_event", {"title": title, "start": start, "end": end, "people": guests}))
    return Instance(text, begin, goal, plan)


def _first_time(
    calendar: Calendar, guests: list[str], days: list[date], minutes: int
) -> tuple[str, str, list[date]] | None:
    """The start and end of the first time that is long enough, and the days that were looked at."""
    busy = [event for event in calendar.events.values() if set(guests) & set(event.people)]
    for index, day in enumerate(days):
        for start, end in free(calendar, busy, day):
            begins, ends = (datetime.strptime(text, FORM) for text in (start, end))
            if ends - begins >= timedelta(minutes=minutes):
                return start, written(begins + timedelta(minutes=minutes)), days[: index + 1]
    return None


def clear_day(rng: np.random.Generator, level: Level) -> Instance:
    """Move somebody's events of a day to another, or cancel them where that day is taken."""
    people, days = some(rng, PEOPLE, 7 if level == "hard" else 4), _week(rng)
    person, (away, instead) = people[0], some(rng, days, 2)
    begin = _filled(rng, people, days, per_day=6 if level == "hard" else 3, always=person)
    goal, plan = copy.deepcopy(begin), [_listing(away, person), _listing(instead, person)]
    taken = [
        event for event in begin.events.values() if person in event.people and event.start.startswith(str(instead))
    ]
    for event_id, event in sorted(begin.events.items(), key=lambda one: one[1].start):
        if person not in event.people or not event.start.startswith(str(away)):
            continue
        start, end = (f"{instead}{moment[10:]}" for moment in (event.start, event.end))
        if any(start < other.end and other.start < end for other in taken):
            del goal.events[event_id]
            plan.append(Call("cancel_event", {"event_id": event_id}))
        else:
            goal.events[event_id] = Event(event.title, start, end, event.people)
            plan.append(Call("move_event", {"event_id": event_id, "start": start, "end": end}))
    text = (
        f"{person} is away on {away}. Move each event of {person}'s on that day to the same time on {instead}; but "
        f"cancel it if it would overlap an event that {person} has there now. Events that only touch do not overlap. "
        "Change nothing else."
    )
    return Instance(text, begin, goal, plan)


def cancel_duplicates(rng: np.random.Generator, level: Level) -> Instance:
    """Cancel what was entered twice."""
    people, days = some(rng, PEOPLE, 6 if level == "hard" else 4), _week(rng)
    goal = _filled(rng, people, days, per_day=4 if level == "hard" else 2)
    events = list(goal.events.values())
    twins = some(rng, events, 6 if level == "hard" else 3)
    doubled = events + [copy.deepcopy(event) for event in [*twins, *(twins[:1] if level == "hard" else [])]]
    begin = Calendar()
    extra: list[str] = []
    seen: list[Event] = []
    for event in mixed(rng, doubled):
        event_id = begin.add(copy.deepcopy(event))
        if event in seen:
            extra.append(event_id)
        seen.append(event)
    text = (
        "Some events of this calendar were entered more than once: with the same title, times and people. Cancel all "
        "but one of each. Events that differ in any of these are no duplicates. Change nothing else."
    )
    plan = [Call("list_events", {}), *(Call("cancel_event", {"event_id": event_id}) for event_id in extra)]
    return Instance(text, begin, goal, plan)


def _week(rng: np.random.Generator) -> list[date]:
    """The five working days of some week."""
    monday = MONDAY + timedelta(weeks=number(rng, 0, 40))
    return [monday + timedelta(days=day) for day in range(5)]


def _filled(
    rng: np.random.Generator, people: list[str], days: list[date], per_day: int, always: str | None = None
) -> Calendar:
    """A calendar in which nobody has two events at once; `always` attends most of them."""
    calendar = Calendar()
    for day in days:
        busy: dict[str, set[int]] = {person: set() for person in people}
        for attempt in range(per_day):
            begins, length = number(rng, 0, HALF_HOURS - 4), number(rng, 1, 4)
            group = some(rng, people, number(rng, 1, 3))
            if always is not None and always not in group and (attempt == 0 or rng.integers(3)):
                group.append(always)
            span = set(range(begins, begins + length))
            if any(busy[person] & span for person in group):
                continue
            for person in group:
                busy[person] |= span
            start = datetime(day.year, day.month, day.day, DAY_BEGINS) + timedelta(minutes=30 * begins)
            end = start + timedelta(minutes=30 * length)
            calendar.add(Event(pick(rng, TITLES), written(start), written(end), sorted(group)))
    return calendar


def _listing(day: date, person: str) -> Call:
    return Call("list_events", {"day": day.isoformat(), "person": person})


def _joined(people: list[str]) -> str:
    return f"{', '.join(people[:-1])} and {people[-1]}"


TASKS: dict[str, Task] = {"find_time": find_time, "clear_day": clear_day, "cancel_duplicates": cancel_duplicates}
