"""The calendar server: events of several people, without time zones, to the minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar

from gem.mcp.servers.server import Refusal, Server

FORM = "%Y-%m-%d %H:%M"
MAX_EVENTS = 2_000
MAX_PEOPLE = 50
MAX_TITLE_CHARS = 200

Moment = Annotated[str, "such as 2026-03-02 14:30"]
Day = Annotated[str, "such as 2026-03-02"]


@dataclass(slots=True)
class Event:
    """Something that people attend."""

    title: str
    start: str
    """As `FORM` writes it."""
    end: str
    people: list[str] = field(default_factory=list[str])
    """Sorted."""


@dataclass(slots=True)
class Calendar:
    """Events by their id."""

    events: dict[str, Event] = field(default_factory=dict[str, Event])
    next_id: int = 1
    day_begins: str = "09:00"
    day_ends: str = "17:00"
    """Between which hours free time is looked for."""

    def add(self, event: Event) -> str:
        """Enter an event; its id."""
        while (event_id := f"e{self.next_id}") in self.events:
            self.next_id += 1
        self.next_id += 1
        self.events[event_id] = event
        return event_id


class CalendarServer(Server):
    """Events of a `Calendar`, to be listed, created, moved and cancelled."""

    name = "calendar"
    handlers: ClassVar[tuple[str, ...]] = (
        "list_people",
        "list_events",
        "free_slots",
        "create_event",
        "move_event",
        "cancel_event",
    )

    def __init__(self, calendar: Calendar | None = None) -> None:
        self.calendar = Calendar() if calendar is None else calendar

    def list_people(self) -> dict[str, Any]:
        """All who attend an event."""
        return {"people": sorted({person for event in self.calendar.events.values() for person in event.people})}

    def list_events(self, day: Day | None = None, person: str | None = None) -> dict[str, Any]:
        """List events in the order of their start: all, or those of a day, of a person, or both."""
        if day is not None:
            day = _day(day).isoformat()
        found = [
            (event.start, event_id, event)
            for event_id, event in self.calendar.events.items()
            if (day is None or event.start.startswith(day)) and (person is None or person in event.people)
        ]
        return {"events": [_shown(event_id, event) for _, event_id, event in sorted(found, key=lambda one: one[:2])]}

    def free_slots(self, people: list[str], day: Day) -> dict[str, Any]:
        """The times of a day, within working hours, at which none of these people has an event."""
        wanted, events = _day(day), self.calendar.events.values()
        strangers = set(people) - {person for event in events for person in event.people}
        if strangers:
            raise Refusal(f"Nobody here is called {min(strangers)[:MAX_TITLE_CHARS]!r}.")
        busy = [event for event in events if set(people) & set(event.people)]
        return {"free": [{"start": start, "end": end} for start, end in free(self.calendar, busy, wanted)]}

    def create_event(self, title: str, start: Moment, end: Moment, people: list[str]) -> dict[str, Any]:
        """Enter an event. Events may overlap: look for free time before."""
        title, names = title.strip(), sorted({name.strip() for name in people})
        if not title or len(title) > MAX_TITLE_CHARS:
            raise Refusal(f"A title has 1 to {MAX_TITLE_CHARS} characters.")
        if not names or len(names) > MAX_PEOPLE or not all(0 < len(name) <= MAX_TITLE_CHARS for name in names):
            raise Refusal(f"1 to {MAX_PEOPLE} people attend an event, and have names.")
        if len(self.calendar.events) >= MAX_EVENTS:
            raise Refusal("The calendar is full.")
        event = Event(title, *_times(start, end), names)
        return _shown(self.calendar.add(event), event)

    def move_event(self, event_id: str, start: Moment, end: Moment) -> dict[str, Any]:
        """Give an event another time."""
        event = self._event(event_id)
        event.start, event.end = _times(start, end)
        return _shown(event_id, event)

    def cancel_event(self, event_id: str) -> str:
        """Remove an event for all who attend it."""
        event = self._event(event_id)
        del self.calendar.events[event_id]
        return f"Cancelled {event_id}: {event.title}, {event.start}."

    def _event(self, event_id: str) -> Event:
        if event_id not in self.calendar.events:
            raise Refusal(f"There is no event {event_id[:MAX_TITLE_CHARS]!r}.")
        return self.calendar.events[event_id]


def free(calendar: Calendar, busy: Iterable[Event], day: date) -> list[tuple[str, str]]:
    """The stretches of a day's working hours in which none of the `busy` events takes place."""
    at = datetime.combine(day, time.fromisoformat(calendar.day_begins))
    closing = datetime.combine(day, time.fromisoformat(calendar.day_ends))
    found: list[tuple[str, str]] = []
    for start, end in sorted((_moment(event.start), _moment(event.end)) for event in busy):
        if start >= closing:
            break
        if start > at:
            found.append((written(at), written(start)))
        at = max(at, end)
    if at < closing:
        found.append((written(at), written(closing)))
    return found


def written(moment: datetime) -> str:
    """A moment as events hold it."""
    return moment.isoformat(sep=" ", timespec="minutes")


def _times(start: str, end: str) -> tuple[str, str]:
    begins, ends = _moment(start), _moment(end)
    if not timedelta() < ends - begins <= timedelta(days=30):
        raise Refusal("An event ends after its start, and within 30 days.")
    return written(begins), written(ends)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text.strip().replace("T", " ")[:40], FORM)
    except ValueError:
        raise Refusal(f"{text[:40]!r} is no time such as 2026-03-02 14:30.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Refusal(f"{text[:40]!r} is no day such as 2026-03-02.") from None


def _shown(event_id: str, event: Event) -> dict[str, Any]:
    times = {"start": event.start, "end": event.end}
    return {"event_id": event_id, "title": event.title, **times, "people": list(event.people)}
