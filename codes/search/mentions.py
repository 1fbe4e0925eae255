"""What a pasted text names: identifiers and phrases of the catalogue among everything else."""

import re
from collections.abc import Container, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from .extraction import ABOUT_HTTP

MAX_PROSE_LENGTH = 240  # characters; a longer text is rather pasted than typed
MAX_TOKENS = 2000  # of a pasted text that are looked up
MAX_PHRASE_WORDS = 7
MIN_NAME_LENGTH = 7  # letters of a phrase or an identifier that is worth finding in a long text
TOKEN = re.compile(r"[A-Za-z_][\w'-]*|[0-9]+|[가-힣]+")
IDENTIFIER = re.compile(r"[A-Za-z_]\w{7,}")
APART = re.compile(r"[\W_]")
PARTED = re.compile(r"(?!\.\Z).*[.!?;\n|(){}\[\]<>\"]", re.DOTALL)  # a point alone joins the parts of an identifier
CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z0-9]_[A-Za-z0-9]")
# Signs of a program's output rather than of a question: a name with a colon after it, a path, an assignment, brackets.
FAILURE = re.compile(r"error|fail|exception|fatal|denied|refused")
HANGUL = re.compile("[가-힣]")
COLON = re.compile(r"\w: (?![0-9]+(?:$| or | vs\b|/))")
# A sentence after a colon, as a person goes on after naming a subject: small letters and an article or a pronoun.
TOLD = re.compile(
    r"[a-z](?:[^:'\"]|(?<=\w)'(?=\w)){0,80}: "
    r"(?=.*\b(?:the|an?|my|our|their|its|we|i|it|they|someone|user|what|which)\b)"
    r"[a-z](?:[^:'\"]|(?<=\w)'(?=\w))*",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"://|\w=\S|[{}\[\]<>|`]|;(?! [\w'])"
    r"|^\s*[#$>] |[a-z_]\([^가-힣]*\)|/\w+/|::|\w\.\w+\.\w|^\S+:\d"
)
# What a person names in a sentence: a path, a parameter with its value, a placeholder, a header field.
MENTIONED = re.compile(
    r"(?<!\S)/?[\w{}:.-]+(?:/[\w{}:.-]+)+/?(?!\S)|(?<!\S)\??\w+=[\w.,:%+-]*(?!\S)|(?<!\S)\w+\[\]"
    r"|\b[A-Z][\w-]+: \S+"
)
# Words that sentences have and outputs of programs have little of: at least two make a sentence.
SENTENCE_WORD = re.compile(
    r"\b(?:the|an?|my|our|we|i|it's|they|someone|user|users|client|clients|but|still|when|where|after|without|should|what|which|who|so|is|are|isn't|does|doesn't|forgot|forgets|sends|sent|came|comes|asks|tries|wants|passes|somebody|nobody)\b",
    re.IGNORECASE,
)
SENTENCE_END_KO = re.compile(
    r"[가-힣 ](?:면|는데|인데|은데|을때|때|까|까요|나요|가요|줘|줘요|해요|[됨함옴음임림짐냄])(?![가-힣])"
)
LOG_SIGN = re.compile(r"[0-9]{2}:[0-9]{2}|\[|\]|\"|::|\|")

# A code that is told as what happens now, which is no hint at the right one: "gives a 500", "404가 나는데".
HAPPENS = re.compile(
    r"\b(?:(?:returns|gives|answers|responds|gets|got|shows|yields|throws|sends|causes)(?: with)?|results in|leads to"
    r"|(?:crashes|fails|failing|answered|responded) with|surfaces as) (?:an? |the |http )*([1-5][0-9]{2})\b"
    r"|^([1-5][0-9]{2}) (?:error|on|for|when)\b"
    r"|\b([1-5][0-9]{2}) ?(?:에러|오류)?(?:[이가]|으?로)? ?(?:나는데|나요|남|뜨|떠|떨어지|오는데|와요|옴|내려오)"
)
# Of two codes the first is wanted if it follows a wish, else the second.
TWO_CODES = re.compile(
    r"(?P<wish>\b(?:should|must|expected?|return|be)\b[^0-9]{0,30})?\b(?P<first>[1-5][0-9]{2})\b[^0-9]{0,20}"
    r"\b(?:instead of|rather than|not|대신|말고) (?:an? )?(?P<second>[1-5][0-9]{2})\b"
)

# An exception by its class: NotFoundError, HttpConflictException.
EXCEPTION = re.compile(r"(?<![A-Za-z0-9_])(?:Http|HTTP)?([A-Z][A-Za-z]{6,40})(?:Error|Exception)(?![A-Za-z0-9_])")
# What a field of an error says in one word: "code": "NOT_FOUND", {code: UNAUTHENTICATED, reason=forbidden.
VALUE = re.compile(
    r"(?<![A-Za-z])(?:code|status|reason|error|error_code|errorCode|error_type|type)[\"']?\s{0,2}[:=]\s{0,2}[\"']?"
    r"([A-Za-z][A-Za-z]{2,40}(?:[_-][A-Za-z]{1,40}){0,6})(?![\w/.]|[\"']?\s{0,2}[:=]| [A-Za-z])"
)
QUOTED = re.compile(r"[\"'‘“「『]([^\"'‘’“”「」『』\n]{4,60})[\"'’”」』]")
LANGUAGES_OWN = {"notimplemented", "timeout"}  # exceptions of programming languages, whatever the program does
# Lines of stack traces that say where something happened: those of Java, JavaScript and .NET, of Python with the source
# below, of PHP, Ruby, Go and Elixir.
FRAMES = re.compile(
    r"(?m)^[ \t]{0,12}(?:(?:at |\.{3} [0-9]{1,4} (?:more|common)|\|_ |#[0-9]{1,3}:? "
    r"|(?:from )?[^\s:]{1,300}\.(?:rb|go|php|exs?):[0-9]{1,6}\b|\([\w.-]{2,60} [0-9.]{1,20}\) "
    r"|[\w-]{2,60} \([0-9.]{1,20}\) )[^\n]{0,500}|File \"[^\n]{0,500}(?:\n {4,12}[^\n]{0,500}){0,2})"
)


class Name(NamedTuple):
    """A whole text of the catalogue, compacted, as it occurs in a pasted text."""

    name: str
    is_identifier: bool


def is_pasted(text: str) -> bool:
    """Return whether the cleaned text was pasted rather than typed."""
    stripped = text.strip()
    if "\n" in text or len(stripped) > MAX_PROSE_LENGTH:
        return True
    if len(stripped.split()) < 3 or len(HANGUL.findall(stripped)) > len(stripped) / 3:
        return False
    if _is_sentence(stripped):
        stripped = MENTIONED.sub("", stripped)
    if MACHINE.search(stripped):
        return True
    # A person who asks uses a colon too.
    return COLON.search(stripped) is not None and not stripped.endswith("?") and not TOLD.fullmatch(stripped)


def _is_sentence(text: str) -> bool:
    """Return whether a text of one line reads as what a person says, whatever else it names."""
    if LOG_SIGN.search(text):
        return False
    return len(SENTENCE_WORD.findall(text)) > 1 or SENTENCE_END_KO.search(text) is not None


def codes_happening(text: str) -> set[int]:
    """Return the codes that a question in lower case tells as what happens now, or as what is not to be sent."""
    codes = {number for groups in HAPPENS.findall(text) for number in groups if number}
    for pair in TWO_CODES.finditer(text):
        wanted, other = ("first", "second") if pair["wish"] else ("second", "first")
        codes = codes - {pair[wanted]} | {pair[other]}
    return {int(code) for code in codes}


def is_name(text: str) -> bool:
    """Return whether the cleaned text is one identifier of several words."""
    return IDENTIFIER.fullmatch(text.strip()) is not None and CAMEL.search(text) is not None


def is_about_http(lines: str) -> bool:
    """Return whether anything in the normalised lines has to do with HTTP."""
    return ABOUT_HTTP.search(lines) is not None


def tells_failure(lines: str) -> bool:
    """Return whether the normalised lines tell of something that went wrong."""
    return FAILURE.search(lines) is not None


def names_in(text: str, known: Container[str]) -> Iterator[Name]:
    """Yield the known names in a cleaned text, in order, and none that is a part of a longer one."""
    tokens = list(islice(TOKEN.finditer(text), MAX_TOKENS))
    words = [APART.sub("", token[0]).casefold() for token in tokens]
    parted = [
        PARTED.match(text[token.end() : following.start()]) is not None for token, following in pairwise(tokens)
    ] + [True]
    free = 0  # the first token that is not part of a name before
    for first, token in enumerate(tokens):
        if first < free:
            continue
        name, longest = "", None
        for last in range(first, min(first + MAX_PHRASE_WORDS, len(tokens))):
            name += words[last]
            if len(name) >= MIN_NAME_LENGTH and name in known:
                source = text[token.start() : tokens[last].end()]  # Response::HTTP_ACCEPTED is one identifier
                is_identifier = not any(map(str.isspace, source)) and CAMEL.search(source) is not None
                longest, free = Name(name, is_identifier), last + 1
            if parted[last]:
                break
        if longest:
            yield longest


def without_frames(text: str) -> str:
    """Return the text without the lines of stack traces that say where something happened."""
    return FRAMES.sub("", text)


def exceptions_in(text: str) -> Iterator[str]:
    """Yield what the classes of exceptions in a cleaned text are called, compacted: notfound of NotFoundError."""
    for found in EXCEPTION.finditer(text):
        if (name := found[1].lower()) not in LANGUAGES_OWN:
            yield name


def values_in(text: str) -> Iterator[str]:
    """Yield what the fields of an error in a cleaned text say in one word, compacted: notfound of code: NOT_FOUND."""
    for found in VALUE.finditer(text):
        name = APART.sub("", found[1]).lower()
        if len(name) >= MIN_NAME_LENGTH:
            yield name


def quoted_in(text: str) -> list[str]:
    """Return what somebody quotes in a cleaned text: the message that they saw."""
    return QUOTED.findall(text[:MAX_PROSE_LENGTH])
