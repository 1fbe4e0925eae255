"""What the alternates in text and Markdown say of a document, as blocks in the active language."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext

from codes.fields import field_label
from codes.models import (
    Advice,
    ErrorText,
    HouseVerdict,
    Level,
    Norm,
    OtherCode,
    Participant,
    Product,
    ProductCode,
    RegistrationStatus,
    SituationHeader,
    SituationTopic,
    StatusCode,
    Topic,
    VendorMeaning,
)
from codes.models.rules import Basis
from codes.texts.localized import OTHER

from .documents import Data

MAX_ERROR_TEXTS = 10  # of a code; the others are at the address below them


class Heading(NamedTuple):
    """A heading. The title of a document has level 1."""

    level: int
    text: str


class Prose(NamedTuple):
    """A text in Markdown."""

    text: str


class Items(NamedTuple):
    """A list of short texts in Markdown."""

    texts: list[str]
    is_numbered: bool = False


class Raw(NamedTuple):
    """An HTTP message or a line of code, shown as it is."""

    text: str
    language: str = "http"


Block = Heading | Prose | Items | Raw
Outline = Iterator[Block]


def _said(text: Data | None) -> str:
    """Return a text in the active language, or in the other one, "" for none."""
    if not text:
        return ""
    language = get_language() or "ko"
    return text[language] or text[OTHER[language]]


def _name(entry: Data) -> str:
    """Return a name with the plain one in parentheses."""
    plain = _said(entry.get("plain_name"))
    return f"{_said(entry['name'])} ({plain})" if plain else _said(entry["name"])


def _link(entry: Data, words: str) -> str:
    return f"[{words}]({entry['url'][get_language()]})"


def _cited(source: str | None, url: str | None) -> str:
    """Return a section with its address, to be put behind a sentence."""
    return f" [{source}]({url})" if source and url else f" {source}" if source else ""


def _label(field: str) -> str:
    """Return the label of a field of a code."""
    return capfirst(str(field_label(StatusCode, field)))


def _named_link(code: Data) -> str:
    """Return a link to a code with its number and name."""
    return _link(code, f"{code['label']} {_said(code['name'])}")


def _lines(*texts: str) -> str:
    return " · ".join(filter(None, texts))


def _section(heading: str, *blocks: Block) -> Outline:
    """Yield a heading and what is below it, nothing if there is nothing to say."""
    filled = [block for block in blocks if isinstance(block, Heading | Raw) or _is_filled(block)]
    if filled:
        yield Heading(2, heading)
        yield from filled


def _is_filled(block: Prose | Items) -> bool:
    return bool(block.texts if isinstance(block, Items) else block.text)


def _title(document: Data, *facts: str) -> Outline:
    """Yield the title of a code or a class, with its name in the other language, its kind and its summary."""
    other = OTHER[get_language() or "ko"]
    yield Heading(1, f"{document['label']} {_name(document)} · {document['name'][other]}")
    yield Prose(_lines(*facts))
    yield Prose(_said(document["summary"]))


def _rules(rules: list[Data]) -> list[str]:
    return [
        f"**{rule['header'] or capfirst(str(Topic(rule['topic']).label))}** ({Level(rule['level']).label})"
        + (": " if rule["condition"] or rule["note"] else "")
        + _lines(_said(rule["condition"]), _said(rule["note"]))
        + (f" ({Basis(rule['basis']).label})" if rule["basis"] else "")
        + "".join(_cited(each["source"], each["url"]) for each in rule["sources"])
        for rule in rules
    ]


def _references(document: Data) -> list[str]:
    return [f"{_reference(row)}: <{row['url']}>" for row in document["references"]]


def _reference(row: Data) -> str:
    section = row["section"] or ""
    return " ".join(filter(None, [row["spec"], f"§{section}" if section[:1].isdigit() else section]))


def _foot(document: Data) -> Outline:
    checked = document.get("checked_on")
    yield Prose(f"<{document['url'][get_language()]}>")
    yield Prose(_lines(f"{gettext('Last checked')} {checked}" if checked else "", "CC BY 4.0"))


def code_outline(code: Data) -> Outline:
    """Yield what the page of a code says."""
    expires = gettext("expires %(day)s") % {"day": code["expires_on"]} if code["expires_on"] else ""
    registration = str(RegistrationStatus(code["registration"]).label)
    yield from _title(code, code["class"] or "", registration, expires, "WebDAV" if code["webdav"] else "")
    advice: list[Block] = []
    for each in code["advice"]:
        advice += [Heading(3, str(Advice.Reader(each["reader"]).label)), _steps(each)]
    yield from _section(gettext("What to do next"), *advice)
    yield from _section(gettext("Meaning"), Prose(_said(code["meaning"])))
    vendors: list[Block] = []
    for meaning in code["vendor_meanings"]:
        vendors += [Heading(3, _vendor(meaning)), Prose(_vendor_meaning(meaning))]
    yield from _section(gettext("What vendors mean by it"), *vendors)
    yield from _section(gettext("On the wire"), *_exchanges(code))
    yield from _section(pgettext("of a code", "Error messages"), Items(_error_texts(code)))
    groups = [block for group in code["groups"] for block in _group(group, 3)]
    yield from _section(gettext("Commonly confused"), *groups)
    for heading, field in [
        (gettext("When to use it"), "when_to_use"),
        (gettext("When not to"), "when_not_to_use"),
        (gettext("A common misunderstanding"), "misunderstanding"),
    ]:
        yield from _section(heading, Prose(_said(code[field])))
    yield from _situations(code)
    yield from _section(gettext("In code"), Items(_identifiers(code)))
    yield from _section(gettext("Products' own codes"), Items([_product_code(row) for row in code["product_codes"]]))
    yield from _section(gettext("Facts"), Items([*_facts(code), *_rules(code["rules"])]))
    yield from _section(pgettext("of a code", "History"), Prose(_said(code["history"])))
    yield from _section(
        gettext("Other names"), Items([f"{row['phrase']} ({row['used_by']})" for row in code["aliases"]])
    )
    related = [_named_link(row) for row in code["related"]]
    yield from _section(_label("related"), Items(related))
    yield from _section(gettext("Sources"), Items(_references(code)))
    yield from _foot(code)


def _steps(advice: Data) -> Items:
    steps = advice["steps"]
    language = get_language() or "ko"
    return Items(steps[language] or steps[OTHER[language]], is_numbered=True)


def _vendor(meaning: Data) -> str:
    product = meaning["product"]
    return f"{meaning['issuer']} ({product})" if product and product != meaning["issuer"] else meaning["issuer"]


def _vendor_meaning(meaning: Data) -> str:
    seen = str(VendorMeaning.Visibility(meaning["visibility"]).label)
    source = _cited(meaning["source"] or meaning["url"], meaning["url"]).strip()
    return "\n\n".join(filter(None, [_lines(meaning["phrase"] or "", seen), _said(meaning["meaning"]), source]))


def _exchanges(code: Data) -> list[Block]:
    blocks: list[Block] = []
    for exchange in code["exchanges"]:
        blocks.append(Heading(3, _said(exchange["title"])))
        for message in exchange["messages"]:
            sender, receiver = (
                exchange["products"].get(message[end]) or str(Participant(message[end]).label)
                for end in ("sender", "receiver")
            )
            is_event = not message["raw"] and not message["lost"]
            route = sender if is_event else f"{sender} → {receiver}"
            lost = f" ({gettext('never arrives')})" if message["lost"] else ""
            note = _said(message["note"])
            blocks.append(Prose(f"**{route}**{lost}{': ' if note else ''}{note}"))
            if message["raw"]:
                blocks.append(Raw(_said(message["raw"])))
    return blocks


def _error_texts(code: Data) -> list[str]:
    texts = code["error_texts"]
    rows = []
    for row in texts[:MAX_ERROR_TEXTS]:
        doubt = "" if row["certainty"] == "sent" else f" ({ErrorText.Sure(row['certainty']).label})"
        rows.append(f"{row['product']}: {_code(row['text'])}{doubt}")
    if len(texts) > len(rows):
        address = f"{code['url'][get_language()]}errors/"
        words = gettext("All %(count)d") % {"count": len(texts)}
        rows.append(f"[{words}]({address})")
    return rows


def _code(text: str) -> str:
    """Return a text as code in Markdown."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _identifiers(code: Data) -> list[str]:
    return [
        f"{ecosystem}: " + ", ".join(_code(row["identifier"]) + _former(row) for row in rows)
        for ecosystem, rows in groupby(code["identifiers"], key=lambda row: row["ecosystem"])
    ]


def _former(row: Data) -> str:
    return f" ({gettext('former')})" if row["former"] else ""


def _group(group: Data, level: int) -> list[Block]:
    answers = [f"**{row['number']:03}**: {_said(row['answer'])}" for row in group["members"]]
    return [Heading(level, _said(group["name"]) or group["slug"]), Prose(_said(group["question"])), Items(answers)]


def _product_code(row: Data) -> str:
    direction = f" ({ProductCode.Direction(row['direction']).label})" if row["direction"] else ""
    is_documented = row["basis"] == ProductCode.Basis.DOCUMENTED
    basis = "" if is_documented else f" ({ProductCode.Basis(row['basis']).label})"
    return f"{Product(row['product']).label} {_code(row['value'])}{direction}: {_said(row['meaning'])}{basis}"


def _facts(code: Data) -> list[str]:
    rows = []
    for field, fact in code["facts"].items():
        if fact:
            source = _cited(fact["source"], fact["url"]) if fact["source"] else f" ({gettext('advice')})"
            condition = _said(fact.get("condition"))
            if condition:
                source += f" · {condition}{_cited(fact['condition_source'], fact['condition_url'])}"
            rows.append(f"**{_label(field)}**: {_said(fact['label'])}{source}")
    for label, party in [(_label("sent_by"), code["sent_by"]), (_label("fixed_by"), code["fixed_by"])]:
        if party:
            rows.append(f"**{label}**: {Participant(party).label}")
    if code["request_headers"]:
        label = gettext("Answers the request's")
        rows.append(f"**{label}**: " + ", ".join(code["request_headers"]))
    return rows


def class_outline(category: Data) -> Outline:
    """Yield what the page of a class says."""
    yield from _title(category)
    yield from _section(gettext("Meaning"), Prose(_said(category["meaning"])))
    yield from _section(gettext("Rules of the whole class"), Items(_rules(category["rules"])))
    rows = [f"{_named_link(row)}: {_said(row['summary'])}" for row in category["codes"]]
    yield from _section(capfirst(str(StatusCode._meta.verbose_name_plural)), Items(rows))
    yield from _foot(category)


def group_outline(group: Data) -> Outline:
    """Yield what the page of a group says."""
    labels = " / ".join(row["label"] for row in group["members"])
    yield Heading(1, _lines(labels, _said(group["name"])))
    yield Prose(_said(group["question"]))
    yield Items([f"**{_named_link(row)}**: {_said(row['answer'])}" for row in group["members"]])
    yield Prose(_said(group["meaning"]))
    for row in group["members"]:
        yield from _section(f"{row['label']} {_said(row['name'])}", Prose(_said(row["example"])))
    yield from _section(gettext("Sources"), Items(_references(group)))
    yield from _foot(group)


def situation_outline(situation: Data) -> Outline:
    """Yield what the page of a situation says."""
    answer = situation["answer"]
    yield Heading(1, _said(situation["title"]))
    yield Prose(f"{SituationTopic(situation['topic']).label}")
    yield Prose(f"**{_named_link(answer)}**")
    yield Prose(_said(situation["reason"]))
    yield Prose(f"{Norm(situation['norm']).label}{_cited(situation['source'], situation['source_url'])}")
    headers = [
        f"`{row['header']}` ({SituationHeader.Level(row['level']).label})"
        + (f": {_said(row['note'])}" if row["note"] else "")
        for row in situation["headers"]
    ]
    yield from _section(gettext("Along with it"), Items(headers))
    if situation["example"]:
        yield from _section(gettext("The response, as an example"), Raw(_said(situation["example"])))
    for fit in OtherCode.Fit:
        rows = [
            f"{_link(row, row['label'])}: {_said(row['reason'])}"
            for row in situation["other_codes"]
            if row["fit"] == fit
        ]
        yield from _section(str(fit.label), Items(rows))
    yield from _section(gettext("What the houses do"), Items([_verdict(row) for row in situation["verdicts"]]))
    yield from _foot(situation)


def _verdict(row: Data) -> str:
    codes = ", ".join([*(f"{number:03}" for number in row["uses"]), *(f"✕ {number:03}" for number in row["rejects"])])
    strength = HouseVerdict.Strength(row["strength"]).label
    version = f" ({row['version']})" if row["version"] else ""
    return f"[{row['house']}]({row['url']}) ({strength}): {codes}. {_said(row['note'])}{version}"


def rule_set_outline(rule_set: Data) -> Outline:
    """Yield what the page of a rule set says."""
    yield Heading(1, _said(rule_set["name"]))
    yield Prose(_said(rule_set["summary"]))
    yield Items(_rules(rule_set["rules"]))
    yield from _foot(rule_set)


def product_outline(product: Data) -> Outline:
    """Yield what the page of a product's own codes says."""
    yield Heading(1, _said(product["name"]))
    yield Prose(_said(product["introduction"]))
    for number, rows in groupby(product["codes"], key=lambda row: row["code"]["number"]):
        of_code = list(rows)
        words = [_own_code(row) for row in of_code]
        yield Heading(2, f"{number:03} {_said(of_code[0]['code']['name'])}")
        yield Items(words)
    yield from _foot(product)


def _own_code(row: Data) -> str:
    phrase = f" {row['phrase']}" if row["phrase"] else ""
    return f"{_product_code(row)}{phrase and ' ·'}{phrase}{_cited(row['source'], row['url'])}"


def question_outline(question: Data) -> Outline:
    """Yield what the page of a question says."""
    yield Heading(1, _said(question["question"]))
    for choice in question["choices"]:
        yield from _choice(choice, 2)
    yield from _foot(question)


def _choice(choice: Data, level: int) -> Outline:
    yield Heading(level, _said(choice["answer"]))
    if choice["next"]:
        yield Prose(_link(choice["next"], _said(choice["next"]["question"])))
    yield Items([_situation(row) for row in choice["situations"]])


def _situation(row: Data) -> str:
    """Return a link to a situation with its answer, the codes that may stand for it, and whether houses differ."""
    also = "".join(f" · {number:03}" for number in row.get("also", []))
    disputed = f" ({gettext('Houses differ')})" if row.get("disputed") else ""
    return f"**{row['answer']:03}**{also} {_link(row, _said(row['title']))}{disputed}"


def question_list_outline(every: Data) -> Outline:
    """Yield what the page of all questions says."""
    yield Heading(1, gettext("Narrow it down by questions"))
    for question in every["questions"]:
        yield Heading(2, _said(question["question"]))
        for choice in question["choices"]:
            yield from _choice(choice, 3)
    yield from _foot(every)


def situation_list_outline(every: Data) -> Outline:
    """Yield what the page of all situations says."""
    yield Heading(1, gettext("Which code do I return?"))
    for topic in every["topics"]:
        yield from _section(_said(topic["name"]), Items([_situation(row) for row in topic["situations"]]))
    yield from _foot(every)


def code_situations_outline(document: Data) -> Outline:
    """Yield what the page of a code's situations says."""
    code = document["code"]
    name = f"{code['label']} {_said(code['name'])}"
    yield Heading(1, gettext("When to return %(code)s") % {"code": name})
    yield from _situations(document)
    yield from _foot(document)


def _situations(document: Data) -> Outline:
    for heading, fit in [
        (gettext("It answers these situations"), "answer"),
        (gettext("Often used wrongly here"), "avoid"),
    ]:
        rows = [_link(row, _said(row["title"])) for row in document["situations"] if row["fit"] == fit]
        yield from _section(heading, Items(rows))


def group_list_outline(every: Data) -> Outline:
    """Yield what the page of all groups says."""
    yield Heading(1, gettext("Codes that people confuse"))
    for group in every["groups"]:
        yield from _group(group, 2)
    yield from _foot(every)


def code_lines_outline(document: Data) -> Outline:
    """Yield what the page of a code's lines says."""
    code = document["code"]
    yield Heading(1, gettext("%(label)s %(name)s in code") % {"label": code["label"], "name": _said(code["name"])})
    for framework in document["frameworks"]:
        yield from _section(framework["name"], *(Raw(line, "") for line in framework["lines"]))
    yield from _foot(document)


def product_errors_outline(document: Data) -> Outline:
    """Yield what the page of a product's error texts says."""
    yield Heading(1, gettext("%(product)s error messages") % {"product": document["product"]})
    yield Items([_error(row) for row in document["errors"]])
    yield from _foot(document)


def code_errors_outline(document: Data) -> Outline:
    """Yield what the page of a code's error texts says."""
    code = document["code"]
    yield Heading(
        1, gettext("%(label)s %(name)s error messages") % {"label": code["label"], "name": _said(code["name"])}
    )
    for product, rows in groupby(document["errors"], key=lambda row: row["product"]):
        yield from _section(product, Items([_error(row) for row in rows]))
    yield from _foot(document)


def _error(row: Data) -> str:
    """Return an error text with its codes, what happened and what to check first."""
    source = _cited(row["source"], row["source_url"])
    return f"{_error_line(row)}. {_said(row['meaning'])} {_said(row['next'])}{source}"


def _error_line(row: Data) -> str:
    codes = ", ".join(f"{number:03}" for number in row["codes"])
    doubt = "" if row["certainty"] == "sent" else f" ({ErrorText.Sure(row['certainty']).label})"
    return f"{_code(row['text'])}: **{codes}**{doubt}"


def error_list_outline(every: Data) -> Outline:
    """Yield all error texts by product, with their codes."""
    yield Heading(1, gettext("Error messages and their codes"))
    for product in every["products"]:
        yield from _section(product["product"], Items([_error_line(row) for row in product["errors"]]))
    yield from _foot(every)


def code_list_outline(every: Data) -> Outline:
    """Yield all codes by class, each with its summary."""
    yield Heading(1, gettext("HTTP status codes"))
    for name, codes in groupby(every["codes"], key=lambda code: code["class"]):
        rows = [f"{_link(code, _label_and_name(code))}: {_said(code['summary'])}" for code in codes]
        heading = f"{name['label']} {_said(name['name'])}" if name else gettext("Without a class")
        yield from _section(heading, Items(rows))
    yield from _foot(every)


def _label_and_name(code: Data) -> str:
    return f"{code['label']} {_name(code)}"


OUTLINES: dict[str, Callable[[Data], Any]] = {
    "code": code_outline,
    "class": class_outline,
    "group": group_outline,
    "situation": situation_outline,
    "rule-set": rule_set_outline,
    "product": product_outline,
    "question": question_outline,
    "question-list": question_list_outline,
    "situation-list": situation_list_outline,
    "code-situations": code_situations_outline,
    "code-lines": code_lines_outline,
    "group-list": group_list_outline,
    "product-errors": product_errors_outline,
    "code-errors": code_errors_outline,
    "code-list": code_list_outline,
    "error-list": error_list_outline,
}
