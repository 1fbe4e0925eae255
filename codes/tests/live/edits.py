"""Saves of one code after another, in the process of a test or in one of their own."""

from codes.editing import history
from codes.models import StatusCode


def edit(rounds):
    """Save a code this many times with its history, as the admin does; print a line after each time."""
    for number in range(rounds):
        code = StatusCode.objects.get(pk=299)
        history.record(code.key)
        code.keywords += f"\nword {number}"
        history.bump_version(code, code.lock_version)
        code.save()
        history.record(code.key, reason=f"round {number}")
        print(number, flush=True)
