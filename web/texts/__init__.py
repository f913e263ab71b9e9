"""Every sentence and label of the pages, in Italian and in English, and how days and amounts are written."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from infra.clock import ROME
from web.texts.account import ACCOUNT
from web.texts.forms import FORMS
from web.texts.gallery import GALLERY
from web.texts.integrators import INTEGRATORS
from web.texts.labels import LABELS
from web.texts.members import MEMBERS
from web.texts.news import NEWS
from web.texts.pages import PAGES
from web.texts.public import PUBLIC

TEXTS: Mapping[str, tuple[str, str]] = {
    **LABELS,
    **ACCOUNT,
    **FORMS,
    **GALLERY,
    **INTEGRATORS,
    **MEMBERS,
    **NEWS,
    **PAGES,
    **PUBLIC,
}


def say(language: str, text: str, /, **values: object) -> str:
    """Return the sentence in this language, which is Italian unless it is English."""
    return TEXTS[text][language == "en"].format(**values)


def label(language: str, kind: str, code: str) -> str:
    """Return what a code of the API is called; one that has no name yet is shown as it is."""
    pair = TEXTS.get(f"{kind}.{code.lower()}")
    return pair[language == "en"] if pair else code


def day(value: str | date | None, language: str) -> str:
    """Return a day as people write it: 07/05/1990, or 7 May 1990; of an instant, the day that it was in Italy."""
    if value is None:
        return ""
    at = value if isinstance(value, date) else day_of(value)
    return format_date(at, "d MMMM y" if language == "en" else "dd/MM/yyyy", language)


def day_of(value: str) -> date:
    """Return the day of a date of the API, or of an instant by the clocks of Italy."""
    return in_italy(value).date() if "T" in value else date.fromisoformat(value)


def instant(value: str | None, language: str) -> str:
    """Return the day and the hour in Italy."""
    if value is None:
        return ""
    at = in_italy(value)
    return f"{day(at.date(), language)}, {at:%H:%M}"


def period(first: str, last: str, language: str) -> str:
    """Return from when until when, and nothing of it twice."""
    begun, ended = instant(first, language), instant(last, language)
    if begun == ended:
        return begun
    is_one_day = in_italy(first).date() == in_italy(last).date()
    return f"{begun}–{in_italy(last):%H:%M}" if is_one_day else f"{begun} – {ended}"


def in_italy(value: str) -> datetime:
    """Return an instant of the API by the clocks of Italy."""
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ROME)


def money(value: str, language: str) -> str:
    """Return an amount without its currency: 4.210,55 or 4,210.55."""
    return format_decimal(Decimal(value), "#,##0.00", locale=language)
