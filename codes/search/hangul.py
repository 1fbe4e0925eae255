"""Hangul as people type it: by the keys of the standard Korean keyboard, and by initial consonants.

A syllable is (initial × 21 + vowel) × 28 + final above U+AC00 (the Unicode Standard, section 3.12).
"""

import re
from itertools import product

FIRST, LAST = 0xAC00, 0xD7A3

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# The keys of the two-set keyboard (두벌식). Shift is left out: ㄲ counts as ㄱ, so that caps lock does not matter.
INITIAL_KEYS = "r r s e e f a q q t t d w w c z x v g".split()
VOWEL_KEYS = "k o i o j p u p h hk ho hl y n nj np nl b m ml l".split()
FINAL_KEYS = " r r rt s sw sg e f fr fa fq ft fx fv fg a q qt t t d w c z x v g".split(" ")
# Single letters in the order of Unicode, U+3131 to U+3163.
CONSONANTS = "ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
CONSONANT_KEYS = "r r rt s sw sg e e f fr fa fq ft fx fv fg a q q qt t t d w w c z x v g".split()
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
LETTER_KEYS = dict(zip(CONSONANTS + VOWELS, CONSONANT_KEYS + VOWEL_KEYS, strict=True))
SYLLABLES = range(FIRST, LAST + 1)
# What str.translate makes of a syllable or a letter.
INITIAL_OF = {code: INITIALS[(code - FIRST) // (21 * 28)] for code in SYLLABLES}
KEYS = {ord(letter): its_keys for letter, its_keys in LETTER_KEYS.items()} | {
    code: "".join(its_keys)
    for code, its_keys in zip(SYLLABLES, product(INITIAL_KEYS, VOWEL_KEYS, FINAL_KEYS), strict=True)
}
# Two consonants typed in a row, which an input method may have joined.
JOINED = dict(
    zip("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", "ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ".split(), strict=True)
)
# Particles and verb endings: they do not change what a word is about.
ENDING = re.compile(
    "(?:(?:어|아|해|되|돼|하)?(?:졌|었|았|했|됐|지|있)?(?:어요|아요|습니다|네요|나요|는데요?|는지|어|음|다|대요)"
    "|(?:합|됩|입|답|립|깁)니다|해요|돼요|했음|했어|됨|함"
    "|에서|으로|부터|까지|에게|이라고|라고|이나|[이가은는을를에로의와과도만])$"
)


def is_syllable(character: str) -> bool:
    """Return whether a character is a Hangul syllable."""
    return FIRST <= ord(character) <= LAST


def keys(text: str) -> str:
    """Return the keys that type the text: 찾을 and ckwdmf give the same, and 찾으 its beginning."""
    return text if text.isascii() else text.translate(KEYS)


def initials(text: str) -> str:
    """Return the initial consonant of each syllable; other characters stay: 찾을 수 없음 gives ㅊㅇ ㅅ ㅇㅇ."""
    return text if text.isascii() else text.translate(INITIAL_OF)


def typed_initials(text: str) -> str:
    """Return the text as a query by initial consonants, or "" if it is not one."""
    separate = "".join(JOINED.get(character, character) for character in text)
    if any(character in VOWELS or is_syllable(character) for character in separate):
        return ""
    return separate if sum(character in INITIALS for character in separate) >= 2 else ""


def stem(word: str) -> str:
    """Return the word without its particle or verb ending, if at least two syllables are left."""
    if len(word) < 3 or not all(map(is_syllable, word)):
        return word
    left = ENDING.sub("", word)
    return left if len(left) >= 2 else word[:2]
