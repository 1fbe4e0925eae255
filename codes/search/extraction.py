"""Status codes in what people paste, such as a line of an access log, or write as they say them: 사공사."""

import re

# From the surest place to the least sure; the first pattern that matches decides.
PATTERNS = [
    re.compile(r"\bhttps?/[0-9](?:\.[0-9])?\s+([0-9]{3})\b"),  # HTTP/1.1 404 Not Found
    re.compile(r'"\s([1-5][0-9]{2})\s+(?:[0-9]+|-)(?:\s|$)'),  # ..."GET / HTTP/1.1" 502 157 "-"
    re.compile(r"\b(?:iis|http(?:\serror)?)\W{1,2}([1-5][0-9]{2})\.[0-9]{1,2}\b"),  # HTTP Error 403.14 (IIS)
    re.compile(  # status code: 502; error 403; returned error: 403; 상태코드 304
        r"(?:status(?:[ _-]?code)?|code|error|에러|오류|상태\s?코드|코드|응답)\W{1,3}(?:code\W{1,3})?"
        r"([1-5][0-9]{2})\b(?!\s?번대)"
    ),
    re.compile(r"\b([1-5][0-9]{2})\W{1,2}(?:(?:client|server|http)\W{1,2})?(?:error|에러|오류)"),  # 429 Client Error
]
# Three digits by themselves: not a part of a longer number, an address, a time, a port, a version or a quantity.
BARE_NUMBER = re.compile(
    r"(?<![0-9.:_+])(?<![^0-9\s]-)(?<![0-9]{4},)(?<![^0-9]/)([0-9]{3})"
    r"(?![0-9_]|[.:][0-9]|,[0-9]{3}[0-9,]|\s?번대|\s?(?:ms|px|kb|mb|gb|bytes?|초|분|개|원|명)\b)"
)
# A number as it is spoken, 사공사 or 사백사, perhaps with a word such as 에러, and nothing else: in a sentence it may
# mean anything, as 오백이 떠요 speaks of 500 and not of 502.
DIGITS = {"공": 0, "영": 0} | {digit: value for value, digit in enumerate("일이삼사오육칠팔구", start=1)}
DIGIT = f"[{''.join(DIGITS)}]"
SPOKEN_NUMBER = re.compile(
    rf"(?:([일이삼사오])({DIGIT})({DIGIT})|([이삼사오])백(?:({DIGIT}?)(십))?({DIGIT}?))번?(?:\s?(?:에러|오류|코드|응답))*"
)


def extract_codes(text: str) -> list[int]:
    """Return the status codes that the normalised text names, without repeats, in order; [] for none."""
    for pattern in PATTERNS:
        if found := pattern.findall(text):
            return [int(found[0])]
    if spoken := SPOKEN_NUMBER.fullmatch(text):
        return [_number(*spoken.groups(default=""))]
    return list(dict.fromkeys(int(number) for number in BARE_NUMBER.findall(text)))


def _number(first: str, second: str, third: str, hundreds: str, tens: str, ten: str, ones: str) -> int:
    """Return the number of a SPOKEN_NUMBER match: its three digits, or what is before and after 백 and 십."""
    if hundreds:
        first, second, third = hundreds, tens or ("일" if ten else "공"), ones or "공"
    return int("".join(str(DIGITS[digit]) for digit in (first, second, third)))
