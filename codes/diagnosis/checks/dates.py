"""Dates in header fields (RFC 9110 section 5.6.7)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

IMF_FIXDATE = "%a, %d %b %Y %H:%M:%S GMT"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(value: str | None) -> datetime | None:
    """Return the time in UTC of a date in any form that recipients accept, None for anything else."""
    if not value or len(value) > 60:
        return None
    try:
        found = parsedate_to_datetime(value)
        # With its offset, a time may lie outside the years 1 to 9999.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def imf_fixdate(when: datetime) -> str:
    """Return a time of UTC in the one form that senders may generate, whatever the locale."""
    day, month = DAYS[when.weekday()], MONTHS[when.month - 1]
    return f"{day}, {when.day:02} {month} {when.year:04} {when:%H:%M:%S} GMT"


def is_imf_fixdate(value: str) -> bool:
    """Return whether a value is a date in that form, with the right day of the week."""
    found = moment(value)
    return found is not None and imf_fixdate(found) == value.strip()
