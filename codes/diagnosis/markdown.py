"""A diagnosis as Markdown, for a ticket.

Credentials and cookies never get there; addresses, names and the values of queries only on request.
"""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from .checks.findings import Finding, Severity
from .logs import LogReport
from .masking import mask_private, mask_secrets

if TYPE_CHECKING:
    from . import CheckedResponse, ErrorCard

MAX_HEAD = 4000  # characters of a header section
SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def response_markdown(checked: "CheckedResponse", *, unmasked: bool = False) -> str:
    """Return the findings about a response, with its status line and header section."""
    lines = [f"## {_plain(checked.heading)}", "", *_fenced(f"{checked.response.status_line}\n{checked.response.head}")]
    for finding in [*checked.findings, *checked.linted]:
        if finding.severity != Severity.PASSED:
            lines += _finding(finding)
    return _masked("\n".join(lines), unmasked)


def error_markdown(card: "ErrorCard", *, unmasked: bool = False) -> str:
    """Return what an error text means."""
    lines = [f"## {_plain(card.heading)}", "", *_fenced(card.line, "text"), f"- {_plain(card.meaning)}"]
    lines.append(f"- {_('Check first:')} {_plain(card.next)}")
    for step in card.steps:
        lines.append(f"- {_plain(step.text)}" + (f" `{step.command}`" if step.command else ""))
    return _masked("\n".join(lines), unmasked)


def report_markdown(report: LogReport, *, unmasked: bool = False) -> str:
    """Return the table of a log's codes, and what to do first."""
    words = report.words
    lines = [f"## {_plain(report.headline)}", ""]
    totals = [report.span, *(f"{total['label']} {total['share']}" for total in report.totals), report.unread]
    lines += [f"- {_plain(' · '.join(filter(None, totals)))}"]
    lines += [f"- **{_plain(words['first'])}** {_plain(' '.join(report.next))}"] if report.next else []
    for error in report.errors:
        codes = ", ".join(code["label"] for code in error["codes"])
        lines.append(f"- {_plain(error['says'])} {codes} {_plain(error['meaning'])} {_plain(error['next'])}")
    if report.rows:
        lines += ["", f"| {words['code']} | {words['lines']} | {words['meaning']} |", "| --- | ---: | --- |"]
    for row in report.rows:
        paths = ", ".join(f"{each['path']} {each['count']}" for each in row["paths"])
        said = " · ".join(_plain(part) for part in (row["name"], row["times"], *row["notes"], paths) if part)
        lines.append(f"| {row['label']} | {_plain(row['count'])} | {said} |")
    return _masked("\n".join(lines), unmasked)


def _finding(finding: Finding) -> list[str]:
    sources = ", ".join(f"[{_plain(label)}]({url})" if url else _plain(label) for label, url in finding.sources)
    text = " ".join(part for part in (_plain(finding.why), f"({sources})" if sources else "") if part)
    lines = [f"- **{finding.severity.label}** {_plain(finding.title)}" + (f": {text}" if text else "")]
    if finding.send:
        lines += ["", *[f"  {line}" for line in _fenced(finding.send)]]
    return lines


def _fenced(text: str, kind: str = "http") -> list[str]:
    """Return a code block that no line of the text ends."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{kind}", text[:MAX_HEAD].strip(), fence, ""]


def _plain(text: str) -> str:
    """Return text with what Markdown and HTML would read escaped."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def _masked(text: str, unmasked: bool) -> str:
    return mask_secrets(text) if unmasked else mask_private(text)
