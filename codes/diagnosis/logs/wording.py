"""What a report on a log says in words, once for the server's pages and for the browser's script."""

from django.utils.translation import gettext, gettext_noop

WORDS = {
    "headline": gettext_noop("Look at %(count)s of %(lines)s lines"),
    "headline_good": gettext_noop("No errors in %(lines)s lines"),
    "headline_good_one": gettext_noop("No error in this line"),
    "read_as": gettext_noop("Read as %(formats)s"),
    "unread": gettext_noop("Lines not read: %(count)s"),
    "unread_some": gettext_noop("Lines that could not be read"),
    "code": gettext_noop("Code"),
    "lines": gettext_noop("Lines"),
    "meaning": gettext_noop("Meaning, and what stands out"),
    "share": gettext_noop("%(share)s of all"),
    "number": gettext_noop("%(count)s lines"),
    "number_one": gettext_noop("1 line"),
    "times": gettext_noop("%(first)s to %(last)s"),
    "cluster": gettext_noop("%(count)s of them from %(first)s to %(last)s"),
    "cluster_one": gettext_noop("%(count)s of them at %(first)s"),
    "probe": gettext_noop("Mostly programs that look for security holes"),
    "log_only": gettext_noop("A code for logs, never sent. Written by: %(boxes)s"),
    "unknown": gettext_noop("No entry: treat it like %(base)s"),
    "fine": gettext_noop("Without errors"),
    "chart_minutes": gettext_noop("%(code)s: lines in every %(size)s min"),
    "chart_hours": gettext_noop("%(code)s: lines in every %(size)s h"),
    "chart_says": gettext_noop("Most lines at %(time)s: %(count)s"),
    "more_rows": gettext_noop("Rarer codes that are not shown: %(count)s"),
    "errors": gettext_noop("Error lines"),
    "more_errors": gettext_noop("Kinds of error lines that are not shown: %(count)s"),
    "says": gettext_noop("%(product)s says"),
    "no_text": gettext_noop("No known error text. Look for the first error before it."),
    "first_check": gettext_noop("Check first"),
    "next_steps": gettext_noop("What to do next"),
    "also_holds": gettext_noop("The text also holds"),
    "check_first": gettext_noop("Check first:"),
    "copy": gettext_noop("Copy"),
    "as_markdown": gettext_noop("As Markdown, for a ticket"),
    "when": gettext_noop("When"),
    "paths": gettext_noop("Addresses"),
    "first": gettext_noop("First:"),
    "next_cluster": gettext_noop("Find out what changed around %(time)s: a deployment, a restart, a setting."),
    "next_paste": gettext_noop("Paste the error log of that time here, too."),
    "next_good": gettext_noop("Nothing here needs work. If people see errors, look at the box in front of this one."),
    "reading": gettext_noop("Reading: %(share)s"),
    "stop": gettext_noop("Stop"),
    "stopped": gettext_noop("Stopped after %(share)s. This is what was read until then."),
    "no_log": gettext_noop("No line of a known log, and no known error text, was found."),
    "names_codes": gettext_noop("The text names these codes:"),
    "too_large": gettext_noop("The file is larger than 200 MB. Cut it first: tail -n 500000 access.log > part.log"),
    "har_too_large": gettext_noop("The recording is larger than 50 MB. Record fewer pages, or without contents."),
    "unreadable_file": gettext_noop(
        "The file could not be read. It may be damaged, or packed in another way than gzip."
    ),
    "har": gettext_noop("By host, type and status"),
    "har_rest": gettext_noop("Requests that are counted together, to rarer hosts, types and codes: %(count)s"),
    "har_host": gettext_noop("Host"),
    "har_type": gettext_noop("Type"),
    "har_count": gettext_noop("Requests"),
    "har_median": gettext_noop("Median"),
    "har_longest": gettext_noop("Longest"),
}


def words() -> dict[str, str]:
    """Return the words in the active language."""
    return {name: gettext(text) for name, text in WORDS.items()}
