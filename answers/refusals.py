"""What the server says when it does not send the code that it was asked for, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A status, and the reason in both languages. {…} stand for what the server itself knows, never for a request."""

    status: int
    en: str
    ko: str


REFUSALS = {
    "interim": Refusal(
        400,
        "{label} cannot be sent as the answer: a 1xx only precedes one, and most servers and proxies drop it.",
        "{label} 같은 1xx는 최종 응답보다 먼저 오는 응답이라, 그것만 보낼 수 없습니다.",
    ),
    "log": Refusal(
        400,
        "{label} is what a server writes into its log when it sends no answer. It cannot be sent.",
        "{label} 코드는 서버가 응답을 보내지 않았을 때 로그에만 남기는 번호라, 보낼 수 없습니다.",
    ),
    "range": Refusal(
        400,
        "{label} is outside 200 to 599: HTTP has no such answer (RFC 9110 section 15).",
        "{label}: 200~599 밖의 번호는 HTTP 응답으로 보낼 수 없습니다(RFC 9110 §15).",
    ),
    "unknown": Refusal(
        404,
        "No specification and no vendor known here uses {label}. Clients treat it as {label[0]}00.",
        "{label}: 표준에도 없고, 쓴다고 알려진 곳도 없는 번호입니다. 클라이언트는 {label[0]}00처럼 다룹니다.",
    ),
    "condition": Refusal(
        400,
        "{label} only answers certain requests. Send one with {field}.",
        "{label} 코드는 특정한 요청에만 보낼 수 있는 응답입니다. 다음 헤더를 담아 보내세요. {field}",
    ),
    "version": Refusal(
        400,
        "{label} needs the field Upgrade, which HTTP/2 and HTTP/3 do not have. Ask by HTTP/1.1: curl --http1.1",
        "{label} 코드에는 Upgrade 헤더가 있어야 하는데, HTTP/2와 HTTP/3에는 이 헤더가 없습니다. HTTP/1.1로 요청하세요.",
    ),
    "address": Refusal(
        404,
        "There is nothing here. Ask for three digits, such as /503, or read /.",
        "없는 주소입니다. /503처럼 세 자리 번호로 요청하세요.",
    ),
    "choice": Refusal(
        400,
        "A choice is written /200,503:0.2 with shares between 0 and 1, of at most four decimals.",
        "여러 코드 중에서 고르려면 /200,503:0.2처럼 적습니다. 비율은 0과 1 사이, 소수점 아래 네 자리까지입니다.",
    ),
    "too-many": Refusal(400, "A choice has at most 8 codes.", "코드는 8개까지 적을 수 있습니다."),
    "shares": Refusal(
        400,
        "The shares must add up to 1. Codes without one divide what the others leave.",
        "비율의 합은 1이어야 합니다. 비율이 없는 코드는 나머지를 똑같이 나눠 가집니다.",
    ),
    "n": Refusal(
        400,
        "Count your requests with ?n=1, ?n=2 and so on: the answer depends on the address alone.",
        "?n=1, ?n=2처럼 몇 번째 요청인지 적으세요. 응답은 주소만으로 정해집니다.",
    ),
    "seed": Refusal(
        400,
        "A seed has 1 to 32 letters and digits.",
        "seed는 영문자와 숫자 1~32자입니다.",
    ),
    "twice": Refusal(400, "A parameter is there twice.", "같은 매개변수가 두 번 있습니다."),
    "until": Refusal(
        400,
        "until is a Unix time in seconds, or +30s for 30 s without and 30 s with service, in turn.",
        "until에는 초 단위 유닉스 시각을 적습니다. +30s라고 적으면 30초씩 번갈아 멈추고 동작합니다.",
    ),
    "too-far": Refusal(400, "until is at most an hour ahead.", "until은 한 시간 뒤까지만 됩니다."),
    "no-until": Refusal(400, "Only 429 and 503 have an until.", "until은 429와 503에만 쓸 수 있습니다."),
    "host": Refusal(
        400,
        "A request has exactly one Host field, with the name of a host (RFC 9112 section 3.2).",
        "요청에는 올바른 Host 헤더가 하나만 있어야 합니다(RFC 9112 §3.2).",
    ),
    "connect": Refusal(405, "This server opens no tunnels.", "이 서버는 터널(CONNECT)을 열지 않습니다."),
    "trace": Refusal(
        405, "This server sends no request back.", "이 서버는 받은 요청을 되돌려 보내는 TRACE에 응답하지 않습니다."
    ),
    "method": Refusal(405, "This page can only be read.", "이 페이지는 읽을 수만 있습니다."),
    "length": Refusal(
        411,
        "Content must come with its length, and is not read.",
        "본문을 보내려면 Content-Length가 있어야 합니다. 본문은 읽지 않습니다.",
    ),
    "content": Refusal(
        413,
        "More than 1,024 bytes of content are refused unread.",
        "1,024바이트가 넘는 본문은 읽지 않고 거절합니다.",
    ),
    "range-unsatisfiable": Refusal(
        416,
        "The Range begins behind the last byte.",
        "Range가 본문의 끝을 벗어났습니다.",
    ),
    "limit": Refusal(
        429,
        "Too many requests to this server: 5 a second from one address, and no more than it can bear from all.",
        "요청이 너무 많습니다. 한 주소에서 1초에 5번까지 받고, 모두 합쳐서도 한도가 있습니다.",
    ),
}
