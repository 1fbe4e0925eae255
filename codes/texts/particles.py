"""Korean particles, whose form depends on the sound that the word before them ends with."""

import re

# What follows a final consonant, and what follows a vowel. Messages with a placeholder name both.
PAIRS = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "와/과": ("과", "와"),
    "(을)를": ("을", "를"),
    "이(가)": ("이", "가"),
    "(으)로": ("으로", "로"),
}
BOTH = re.compile(rf"(\w)([\"'”’)\]]*) ?({'|'.join(map(re.escape, PAIRS))})(?!\w)")
FIRST_SYLLABLE, LAST_SYLLABLE, FINALS, RIEUL = ord("가"), ord("힣"), 28, 8
# As they are read: 영 일 이 삼 사 오 육 칠 팔 구, and the names of the letters that end with a consonant.
DIGITS_WITH_FINAL = "013678"
LETTERS_WITH_FINAL = "lmnr"
RIEUL_READINGS = "178lr"


def resolve_particles(text: str) -> str:
    """Return a text in which particles that are written in both forms have the one that fits, where that is known."""
    return BOTH.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    last, closing, both = match.groups()
    final = _final(last.lower())
    if final is None:
        return match[0]
    after_consonant, after_vowel = PAIRS[both]
    # 로 follows ㄹ as it follows a vowel.
    takes_consonant = final > 0 and not (both == "(으)로" and final == RIEUL)
    return f"{last}{closing}{after_consonant if takes_consonant else after_vowel}"


def _final(character: str) -> int | None:
    """Return the number of the final consonant with which a character is read, 0 for none, None if unknown."""
    if FIRST_SYLLABLE <= ord(character) <= LAST_SYLLABLE:
        return (ord(character) - FIRST_SYLLABLE) % FINALS
    if character in RIEUL_READINGS:
        return RIEUL
    if character.isascii() and character.isalnum():
        return int(character in DIGITS_WITH_FINAL + LETTERS_WITH_FINAL)
    return None
