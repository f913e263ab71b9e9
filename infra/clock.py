"""The only clock, and the ids that carry its time."""

import os
import time
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the civil date in Italy, which is the date that people write on forms."""
    return datetime.now(ROME).date()


def end_of_day(day: date) -> datetime:
    """Return the first instant after `day` in Italy: what is valid until a day is valid through it."""
    return datetime.combine(date.fromordinal(day.toordinal() + 1), datetime.min.time(), ROME).astimezone(UTC)


def new_id(at: datetime | None = None) -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7), of now or of this instant: 48 bits of milliseconds, then 74 random."""
    milliseconds = time.time_ns() // 1_000_000 if at is None else int(at.timestamp() * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
