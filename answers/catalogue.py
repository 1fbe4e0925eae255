"""What the answers are made from: codes and the rules about their responses, out of the exported file."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

DEMANDS = ("must", "should", "may")  # a rule of these levels asks for a field; the others forbid one


@dataclass(frozen=True)
class Rule:
    """A rule about a response: its level, what it is about, and under which condition it applies."""

    level: str
    topic: str
    header: str
    condition: str
    note: str


@dataclass(frozen=True)
class Code:
    """A status code, what may be said of it in a few lines, and the rules about its responses."""

    number: int
    name: dict[str, str]
    summary: dict[str, str]
    url: dict[str, str]
    has_content: bool
    only_in_logs: bool
    request_headers: tuple[str, ...]
    rules: tuple[Rule, ...]
    class_rules: tuple[Rule, ...]

    @property
    def label(self) -> str:
        """The number in three digits."""
        return f"{self.number:03}"

    @cached_property
    def can_be_sent(self) -> bool:
        """Whether the code can be the status of a final response."""
        return 200 <= self.number <= 599 and not self.only_in_logs

    @cached_property
    def answers_a_field(self) -> bool:
        """Whether the code only ever answers a request with one of `request_headers`."""
        return any(rule.topic == "request" and rule.level == "must" for rule in self.rules)

    @cached_property
    def demanded(self) -> dict[str, Rule]:
        """The fields that a rule asks for, each with the strongest rule. What a whole class may have is left out."""
        rules = [*self.rules, *(rule for rule in self.class_rules if rule.level != "may")]
        fields: dict[str, Rule] = {}
        for level in DEMANDS:
            for rule in rules:
                if rule.topic == "field" and rule.level == level:
                    fields.setdefault(rule.header, rule)
        return fields


class Catalogue:
    """The codes by number, and the address of the site that explains them."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Read the document that `export_answers` writes. Raise KeyError or TypeError if it is another."""
        self.site: str = document["site"]
        classes = {int(digit): _rules(rules) for digit, rules in document["classes"].items()}
        self.codes: dict[int, Code] = {}
        for entry in document["codes"]:
            fields = entry | {
                "request_headers": tuple(entry["request_headers"]),
                "rules": _rules(entry["rules"]),
                "class_rules": classes.get(entry["number"] // 100, ()),
            }
            self.codes[entry["number"]] = Code(**fields)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read an exported file. Raise OSError if there is none, ValueError, KeyError or TypeError if it is another."""
        return cls(json.loads(path.read_text(encoding="utf-8")))


def _rules(rows: list[dict[str, str]]) -> tuple[Rule, ...]:
    return tuple(Rule(**row) for row in rows)
