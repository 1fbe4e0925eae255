"""Documents by the words they share with a query, rare words first.

A phrase of the catalogue counts when most of it is there, in any order and with other endings; a word that the
catalogue does not know is left out instead of emptying the answer.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import NamedTuple

from . import hangul
from .thesaurus import related_words

WORD = re.compile(r"[a-z]+|[0-9]+|[가-힣]+")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Words that are written together or apart, and two ways to say no.
# A pattern that begins with letters is found several times as fast: what must not precede them is looked back for.
JOINED = [
    (re.compile(r"\btim(?:e|ed|es|ing)[ -]?out\b"), "timeout"),
    (re.compile(r"\b(?:does\s?n[o']?t|do\s?n[o']?t|not) exist\b|\bnon[ -]?exist(?:ent|ing)\b"), "nonexistent"),
    (re.compile(r"\b(?:is\s?n[o']?t|not|no longer) (?:an? )?valid\b"), "invalid"),
    (re.compile(r"non(?<!\wnon)[ -](?=[a-z])"), "non"),
    (re.compile(r"\be-?mail"), "email"),
    (re.compile(r"\bcan(?:no|')t (?:be found|find)\b|\bnot found\b"), "notfound"),
    (re.compile(r"\b(?:is\s?n[o']?t|not|no longer) supported\b"), "unsupported"),
    (re.compile(r"authoris(?<!\wauthoris)"), "authoriz"),
    (re.compile(r"\b(log|sign)(?:s|ged|ging|ed|ing)?[ -](in|up|out)\b"), r"\1\2"),
    (re.compile(r"repo(?<!\wrepo)s?\b"), "repository"),
    (re.compile("안\\s?(?:되|된|될|됨|됐|돼)[가-힣]*"), "실패"),
    (re.compile("수(?<!찾을 수) ?없[가-힣]*"), "불가"),
    (re.compile("못(?<![가-힣]못) ?[하한함해했][가-힣]*"), "불가"),
    (re.compile(r"\b(?:can(?:not|'t| not)|could ?n(?:o|')t|unable to|not able to)\b"), "cannot"),
    (
        re.compile(r"\b(?:has|have|is|was|did)(?: not|n'?t)(?: been)? (?:chang(?:ed?|ing)|modif(?:y|ied))\b"),
        "unchanged",
    ),
    (re.compile(r"-(?<![\w-]-)[0-9]+(?![0-9a-z.:/-])"), " negative "),
    # Numbers that say that there is a limit.
    (
        re.compile(
            "[0-9]+ ?(?:명|개|건|대|번|회|팀|장|곳) ?(?:까지[가-힣]*|밖에(?!지)[가-힣]*|(?=(?:을 |를 )?(?:넘|초과)))"
        ),
        "한도 ",
    ),
    (re.compile(r"up to [0-9]+\b"), "maximum"),
    (re.compile(r"at most [0-9]+\b"), "maximum"),
    (re.compile(r"no more than [0-9]+\b"), "maximum"),
    (
        re.compile(
            "로(?:(?<=get으로)|(?<=post로)|(?<=put으로)|(?<=patch로)|(?<=delete로))"
            " ?(?=호출|요청|보[내냄낸]|날[리림려]|접근)"
        ),
        " 메서드 ",
    ),
    (re.compile("존재하?지 ?(?:않|안)[가-힣]*"), "없음"),
    (re.compile("안(?<![가-힣]안) ?남[가-힣]*"), "남은 없음"),
    (re.compile("남지 ?않[가-힣]*"), "남은 없음"),
    # Whose it is: "another driver's trips".
    (re.compile(r"other (?:([a-z]+)(?:'s|s')(?![a-z])|(users?|persons?)\b)"), r"other someoneelse \1\2"),
    (re.compile(r"a different (user|person)"), r"someoneelse \1"),
    (re.compile(r"one else(?:'s)?\b"), "one someoneelse"),
    (re.compile(r"body else(?:'s)?\b"), "body someoneelse"),
    (
        re.compile(
            "다른 ?(?:사람|유저|회원|사용자|고객|직원|기사|학생|환자|멤버|이용자)(?:의|이|꺼|것|거)?(?![가-힣])"
        ),
        "남의",
    ),
    (re.compile("0(?<![0-9.,]0) ?(?=(?:명|개|건)(?!월))"), "zero "),
    (re.compile("답을? ?(?:안|못) ?(?![되된될됨됐돼])[가-힣]+"), "무응답"),
    (re.compile("허용 ?(?:안 ?[하한함해됐된]|하지 ?않)[가-힣]*"), "차단"),
    (re.compile(r"http(?<!\whttp)(?![a-z0-9:/])(?=.{1,20}\bhttps(?![a-z0-9:/]))"), "httptohttps"),
]
# What happens now instead of an answer tells nothing of the situation that is asked for.
FAILING = re.compile(
    r"\b(?:gives|throws|causes|returns|raises|leads to|results in|surfaces as|ends in|crashes with)"
    r" (?:an? )?(?:internal )?(?:server )?(?:error|exception)\b"
)
TEXT_END = "\n\n"  # a phrase has at most one space between its words
COMPOUND_LENGTHS = range(4, 13)  # syllables of a Korean word that may be two
MAX_JOINED_LENGTH = 2000  # characters; a longer text is a transcript, which tells more by other things
MAX_WORDS = 24  # of a query that count: the rarest
MAX_TEXTS_OF_A_WORD = 150  # a commoner word only adds to what rarer ones found
STOP_FACTOR = 0.15  # what a word counts that says little
UNKNOWN_FACTOR = 0.8  # what a word counts that the catalogue does not know, of a rare one
BEGINNING_FACTOR = 0.85  # what a Korean word counts that only begins like the one asked for
RELATED_FACTOR = 0.75  # what a word counts as another of its group
REST_FACTOR = 0.45  # what the words count that a document has in other texts than the best
# What a word counts more the more texts of a document have it, and how many texts are half of the most it can count.
SPREAD_FACTOR, HALF_SPREAD = 3, 8
# Words that say nothing about which code is meant.
STOP_WORDS = frozenset(
    "http https status statuscode code codes error errors header headers response vs versus and or the a an is are be "
    "was what which when how do does did to of in on for with by from at as it its this that i you we my your our if "
    "too very difference between meaning mean means want get got there has have me they them their who some any then "
    "so but while about should would could can will return give back best proper "
    "상태 상태코드 코드 에러 오류 헤더 응답 번 차이 뜻 의미 이란 란 뭐야 뭐지 무엇 와 과 때 것 경우 "
    "하는 하려고 할 한 수 및 또는 너무 매우 자꾸 계속 갑자기 그 저 등 왜 어떻게 나는 나요 해결 해결법 방법 "
    "하면 하고 해요 해야 하나 하나요 하죠 되는 되나요 뭐 뭘 뭘로 뭐가 무엇을 어떤 어느 무슨 줘야 주나요 주는 "
    "내야 내려줘야 반환 싶은데 싶어요 오면 온 왔을 오는 들어오 적 둔 "
    "동안 혹시 지금 그냥 좀 만약 근데 그런데 맞나요 인가요 써야 쓰나요 "
    "그런 이런 저런 뭐로 내려줌 내려주 주지 주나 뭘로 응답은 아무거나 무조건 제가 저희 저는".split()
)
ENDINGS_EN = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|ly|ness)$")
ENDINGS_KO = re.compile(
    "(?:하지|되지|하려고|하려는|하는|되는|했을|됐을|하면|되면|해서|돼서|인데|에서|으로|부터|까지|에게|이라고|라고"
    "|입니다|합니다|됩니다|습니다|했다|된다|한다|하기|되어|하여|해야|있는|없는|이나|이랑|한테|처럼|마다|보다|밖에"
    "|나|랑|로|을|를|은|는|이|가|에|의|와|과|도|만|한|된|할|될|함|됨|음)$"
)

# Adjectives and verbs with a stem of one syllable, and the two negations that are written together with a verb.
SHORT_STEM = re.compile(r"(?:[많늦없있같짧높낮틀맞좋끊](?=[가-힣])|[안못](?=[한함했해된됨됐돼되])|않(?=[가-힣]))")
BIG = re.compile("큼|큰|커|커[요서짐졌지].*|크[다네면지].*|클.?")
# Words that are said in place of each other, by their stems: verbs whose stems change, loan words, everyday words.
SAME_KO = [
    (re.compile(pattern), word)
    for pattern, word in [
        ("지[우워운울웠움].*|제거.*", "삭제"),
        ("바[꾸꿔꿨꿀꾼꿈뀌뀐뀜뀔].*", "변경"),
        ("고[치친쳐쳤칠침].*", "수정"),
        ("만[들든드듦].*|작성.*|쓰려.*|썼.*|쓴|쓸", "생성"),
        ("막[히혀혔힌힘는고았음아].*", "차단"),
        ("숨[기긴겨겼길김].*", "숨기"),
        ("넘[기긴겨겼길김어으은는치쳤음었].*", "초과"),
        ("빠[지진져졌질짐뜨뜰뜸].*", "누락"),
        ("모자[라란랐람].*", "부족"),
        ("올[리린려렸릴림].*", "업로드"),
        ("죽[었은으].*|다운(?!로드).*", "장애"),
        ("끝[나난났날남내냈].*", "종료"),
        ("누[르른름]|눌[러렀].*|누르.*", "누르"),
        ("보[내낸냈낼냄].*|전송.*|제출.*", "보내"),
        ("느[리린려렸릴림].*", "느리"),
        ("몰[리린려렸].*", "폭주"),
        ("들어[오온올왔와옴].*", "들어오"),
        ("잘못.*", "틀"),
        ("영구.*|영원.*", "영구"),
        ("옛날.*|예전.*", "구버전"),
        ("하루.*", "일일"),
        ("유저.*", "사용자"),
        ("이상[한하해].*|유효하지.*|올바르지.*", "틀"),
        ("아이피.*", "ip"),
        ("라라벨.*", "laravel"),
        ("스프링.*", "spring"),
        ("시큐리티.*", "security"),
        ("장고.*", "django"),
        ("[엔앤]진엑스.*", "nginx"),
        ("아파치.*", "apache"),
        ("톰캣.*", "tomcat"),
        ("클라우드플레어.*", "cloudflare"),
        ("쿠버네티스.*", "kubernete"),
        ("웹소켓.*", "websocket"),
        ("그래프큐엘.*", "graphql"),
        ("에이피아이.*", "api"),
        ("뒤에서|나중.*", "나중"),
        ("동안만.*|당분간.*|한동안.*|기간에만", "잠시"),
        ("티|들키.*", "숨기"),
        ("또", "다시"),
        ("비번.*|패스워드.*", "비밀번호"),
        ("디비.*|데이터베이스.*", "db"),
        ("바디.*", "본문"),
        ("메소드.*", "메서드"),
        ("메일.*|이메일.*", "이메일"),
        ("꽉.*|가득.*", "가득"),
        ("지[나난났남].*", "지나"),
        ("봤.*|보려.*|열[려어람].*|조회.*", "조회"),
        ("다[르른름].*|달[라랐].*|일치하지.*|불일치.*", "불일치"),
    ]
]
SAME_EN = {
    "remov": "delet", "declin": "reject", "limiter": "limit", "verifi": "verify", "again": "twic", "repeat": "twic",
    "big": "larg", "huge": "larg", "param": "parameter", "registr": "signup", "register": "signup", "offlin": "down",
    "unreachabl": "down", "unavailabl": "down", "complet": "finish", "done": "finish", "end": "finish",
    "somebodi": "someon", "somebody": "someon", "modifi": "chang", "updat": "chang", "edit": "chang",
    "databas": "db", "verb": "method", "passcod": "password",
    "sent": "send", "forgot": "forget", "forgotten": "forget", "took": "take", "taken": "take", "gave": "give",
    "given": "give", "wrote": "write", "written": "write", "ran": "run", "lost": "lose", "paid": "pay", "sold": "sell",
    "bought": "buy", "saw": "see", "seen": "see", "began": "begin", "chose": "choose", "chosen": "choose",
    "went": "go", "made": "make", "held": "hold", "kept": "keep", "told": "tell", "came": "come", "stolen": "steal",
    "withdrawn": "withdraw", "withdrew": "withdraw", "hidden": "hide", "hid": "hide", "grew": "grow", "fell": "fall",
    "entiti": "resource", "entity": "resource", "record": "resource", "object": "resource", "resourc": "resource",
}  # fmt: skip


class WordMatch(NamedTuple):
    """How a document matches: its score and its best text, with the number of its words that say something.

    `text_coverage` and `query_coverage` are the parts of the text and of the query that are matched, 0 to 1.
    """

    score: float
    text: int
    words: int
    text_coverage: float
    query_coverage: float


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared; an identifier gives its parts."""
    return _stems(FAILING.sub(" ", _plain(text, is_long=len(text) > MAX_JOINED_LENGTH)))


def words_of_each(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each of many short texts. They are written as one, or the time would go into many calls."""
    whole = TEXT_END.join(" ".join(text.split()) for text in texts)
    return [_stems(text) for text in _plain(whole).split(TEXT_END)]


def _plain(text: str, *, is_long: bool = False) -> str:
    plain = HUMP.sub(" ", text).casefold().replace("’", "'")
    for pattern, joined in () if is_long else JOINED:
        plain = pattern.sub(joined, plain)
    return plain.replace("'", "")


def _stems(plain: str) -> list[str]:
    return [stem(word) for word in WORD.findall(plain)]


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Return the word without its ending, if enough is left."""
    if hangul.is_syllable(word[0]):
        for pattern, same in SAME_KO:
            if pattern.fullmatch(word):
                return same
        if short := SHORT_STEM.match(word):
            return short[0].replace("않", "안")
        if BIG.fullmatch(word):
            return "크"
        for ending in (hangul.ENDING, ENDINGS_KO):
            left = ending.sub("", word)
            word = left if len(left) >= 2 else word
        return word
    left = ENDINGS_EN.sub("", word)
    if len(left) > 3 and left[-1] == left[-2] and left[-1] not in "ls":  # stopped, stop
        left = left[:-1]
    left = left.removesuffix("e") if len(left) > 4 else left
    return SAME_EN.get(left, left)


def says_little(word: str) -> bool:
    """Return whether a word says next to nothing: a stop word, a letter, or a number, which is read by its place."""
    return word in STOPS or word.isdigit() or (len(word) == 1 and word.isascii())


class WordIndex:
    """The words of all texts, with the texts and the documents that have each."""

    def __init__(self, texts: Iterable[tuple[int, float, Iterable[str]]], *, told: bool = False) -> None:
        """Take each text as (number of its document, factor of its score, its words).

        `told` is for documents that are told in many texts: a word of a query then also stands for the others of its
        groups in the thesaurus, and counts more where more of a document's texts have it.
        """
        self.related = RELATED if told else {}
        self.document_of: list[int] = []
        self.factor: list[float] = []
        self.texts_with: defaultdict[str, set[int]] = defaultdict(set)
        # The documents with a word, and what it counts there: the best factor of the texts that have it.
        self.documents_with: defaultdict[str, dict[int, float]] = defaultdict(dict)
        counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
        words: list[frozenset[str]] = []
        for number, (document, factor, its_words) in enumerate(texts):
            self.document_of.append(document)
            self.factor.append(factor)
            words.append(frozenset(its_words))
            for word in words[-1]:
                self.texts_with[word].add(number)
                if told:
                    counts[word][document] += 1
                documents = self.documents_with[word]
                if documents.get(document, 0.0) < factor:
                    documents[document] = min(factor, 1.0)
        self.spread = {
            word: {document: SPREAD_FACTOR * number / (number + HALF_SPREAD) for document, number in each.items()}
            for word, each in counts.items()
        }
        count = len(set(self.document_of)) or 1
        self.idf = {
            word: log(1 + count / len(documents)) * (STOP_FACTOR if says_little(word) else 1)
            for word, documents in self.documents_with.items()
        }
        self.total = [sum(self.idf[word] for word in each) or 1 for each in words]
        self.unknown = log(1 + count / 2) * UNKNOWN_FACTOR
        self.by_beginning: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.texts_with:
            if hangul.is_syllable(word[0]) and len(word) > 1:
                self.by_beginning[word[:2]].append(word)

    def known(self, word: str) -> dict[str, float]:
        """Return the words of the catalogue that a word of a query stands for, and what each counts."""
        own = self.idf.get(word)
        forms = {} if own is None else {word: own}
        if hangul.is_syllable(word[0]):
            for other in self.by_beginning.get(word[:2], ()):
                if other != word and (other.startswith(word) or word.startswith(other)):
                    # A form with another ending is no rarer than the word itself.
                    forms[other] = min(self.idf[other], own or self.unknown) * BEGINNING_FACTOR
        for other in self.related.get(word, ()) if not says_little(word) else ():
            if other in self.idf and other not in forms:
                forms[other] = min(self.idf[other], own or self.unknown) * RELATED_FACTOR
        return forms

    def _parts(self, word: str) -> tuple[str, ...]:
        """Return the two known words of a Korean compound that the catalogue does not have, else the word itself."""
        if len(word) in COMPOUND_LENGTHS and hangul.is_syllable(word[0]) and word not in self.idf:
            for middle in range(2, len(word) - 1):
                first, second = word[:middle], stem(word[middle:])
                if first in self.idf and second in self.idf:
                    return first, second
        return (word,)

    def search(self, words: Iterable[str]) -> dict[int, WordMatch]:
        """Return how the documents match the words, by number of the document."""
        words = [part for word in words for part in self._parts(word)]
        joined = ("".join(pair) for pair in pairwise(words) if hangul.is_syllable(pair[0][0]))
        words += [word for word in joined if word in self.idf]
        forms_of = {word: self.known(word) for word in dict.fromkeys(words)}
        weights = {word: max(forms.values(), default=0.0) for word, forms in forms_of.items()}
        weighted = sorted(filter(weights.__getitem__, weights), key=lambda word: -weights[word])[:MAX_WORDS]
        missing = sum(self.unknown for word, weight in weights.items() if not weight and not says_little(word))
        # Numbers, as in an address, are read by their places: a text without them has no less of the query.
        asked = (sum(weights[word] for word in weighted if not word.isdigit()) + missing) or 1
        of_texts: dict[int, float] = {}
        of_documents: dict[int, float] = {}
        spread: dict[int, float] = {}
        counts: Counter[int] = Counter()
        for word in weighted:
            numbers = self._add_word(forms_of[word], of_texts, of_documents, spread)
            if not says_little(word):
                counts.update(set(numbers))
        best: dict[int, WordMatch] = {}
        for number, worth in of_texts.items():
            text_coverage = min(worth / self.total[number], 1.0)
            document = self.document_of[number]
            rest = of_documents[document]
            score = self.factor[number] * worth * (0.35 + 0.65 * text_coverage) + REST_FACTOR * rest
            score += spread.get(document, 0)
            if document not in best or score > best[document].score:
                best[document] = WordMatch(score, number, counts[number], text_coverage, min(rest / asked, 1.0))
        return best

    def _add_word(
        self,
        forms: Mapping[str, float],
        of_texts: dict[int, float],
        of_documents: dict[int, float],
        of_spread: dict[int, float],
    ) -> Iterable[int]:
        """Add what a word counts to the texts and the documents that have one of its forms; return these texts."""
        texts: dict[int, float] = {}
        documents: dict[int, float] = {}
        spread: dict[int, float] = {}
        for form, worth in forms.items():
            numbers: Iterable[int] = self.texts_with[form]
            # The rarest words come first: a common one finds no further texts.
            if of_texts and len(self.texts_with[form]) > MAX_TEXTS_OF_A_WORD:
                numbers = of_texts.keys() & self.texts_with[form]
            for number in numbers:
                texts[number] = max(worth, texts.get(number, 0.0))
            factors = self.documents_with[form]
            for document in {self.document_of[number] for number in numbers} | (of_documents.keys() & factors.keys()):
                documents[document] = max(worth * factors[document], documents.get(document, 0.0))
            for document, part in self.spread.get(form, {}).items():
                spread[document] = max(worth * part, spread.get(document, 0.0))
        for total, added in ((of_texts, texts), (of_documents, documents), (of_spread, spread)):
            for number, worth in added.items():
                total[number] = total.get(number, 0.0) + worth
        return texts


STOPS = frozenset(map(stem, STOP_WORDS)) | STOP_WORDS
RELATED = related_words(stem)
