"""The time server: what time it is, here and elsewhere. Its tools are called as those of the released GEM are."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from gem.mcp.servers.server import Refusal, Server

FORM = "%Y-%m-%d %H:%M:%S"
TOKENS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "ss": "%S",
    "A": "%p",
    "%": "%%",
}
"""What a format is written with, and what Python calls it; the longest first."""
TOKEN = re.compile("|".join(TOKENS))
MAX_FORMAT_CHARS = 100

TimeText = Annotated[str, "YYYY-MM-DD HH:mm:ss"]
ZoneName = Annotated[str, "an IANA name, such as Europe/Rome"]


class TimeServer(Server):
    """Questions on time. `clock` tells the present one; without a zone, times are those of its own zone."""

    name = "time"
    handlers: ClassVar[tuple[str, ...]] = (
        "current_time",
        "relative_time",
        "days_in_month",
        "get_timestamp",
        "convert_time",
        "get_week_year",
    )

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock

    def current_time(
        self,
        format: Annotated[str, "written with YYYY, MM, DD, HH, hh, mm, ss and A"] = "YYYY-MM-DD HH:mm:ss",
        timezone: ZoneName | None = None,
    ) -> str:
        """The present date and time."""
        now = self.clock()
        return _formatted(now if timezone is None else now.astimezone(_zone(timezone)), format)

    def relative_time(self, time: TimeText) -> str:
        """How far a time is from now, such as "in 3 hours" or "2 days ago"."""
        now = self.clock()
        seconds = (_moment(time, now.tzinfo) - now).total_seconds()
        for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
            count = int(abs(seconds) // length)
            if count:
                what = f"{count} {unit}{'' if count == 1 else 's'}"
                return f"in {what}" if seconds > 0 else f"{what} ago"
        return "now"

    def days_in_month(self, date: Annotated[str | None, "YYYY-MM-DD; today without it"] = None) -> str:
        """How many days the month of a date has."""
        day = self._day(date)
        return str(monthrange(day.year, day.month)[1])

    def get_timestamp(self, time: Annotated[str | None, "YYYY-MM-DD HH:mm:ss; now without it"] = None) -> str:
        """A time in milliseconds since 1970."""
        now = self.clock()
        moment = now if time is None else _moment(time, now.tzinfo)
        return str(round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000))

    def convert_time(self, sourceTimezone: ZoneName, targetTimezone: ZoneName, time: TimeText) -> dict[str, Any]:
        """What a time of one zone is in another."""
        there = _moment(time, _zone(sourceTimezone))
        try:
            here = there.astimezone(_zone(targetTimezone))
        except OverflowError:
            raise Refusal(f"{time[:40]!r} is too far away.") from None
        hours = ((here.utcoffset() or timedelta()) - (there.utcoffset() or timedelta())).total_seconds() / 3600
        return {
            "sourceTime": there.strftime(FORM),
            "targetTime": here.strftime(FORM),
            "timeDifference": f"{hours:+g} hours",
        }

    def get_week_year(self, date: Annotated[str | None, "YYYY-MM-DD; today without it"] = None) -> dict[str, Any]:
        """The week of a date: by the ISO, and counted from the first of January."""
        day = self._day(date)
        return {"week": (day.timetuple().tm_yday - 1) // 7 + 1, "isoWeek": day.isocalendar().week}

    def _day(self, text: str | None) -> datetime:
        return self.clock() if text is None else _moment(text, None)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # no such file, or no name of one
        raise Refusal(f"There is no time zone {name[:40]!r}; one is Europe/Rome.") from None


def _moment(text: str, zone: tzinfo | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Refusal(f"{text[:40]!r} is no time such as 2026-03-02 14:30:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _formatted(moment: datetime, form: str) -> str:
    if len(form) > MAX_FORMAT_CHARS:
        raise Refusal("That format is too long.")
    return moment.strftime(TOKEN.sub(lambda token: TOKENS[token[0]], form.replace("\0", " ")))
