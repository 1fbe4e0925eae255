"""The formats of logs: one table, which the server reads with and which goes to the browser as JSON.

To add a format, add a Format, or the names of its fields to FIELDS if its lines are JSON or name=value pairs, and ten
lines from its documentation to codes/tests/content/data/logs/formats.yaml.

A pattern is read by Python and by JavaScript and meets every line of a file of 200 MB, so it begins with "^", names its
characters ("[0-9]", no "\\d" or "\\s", which differ) and never repeats over what may also begin the next part: the time
for a line is proportional to its length.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["access", "error", "start", "end", "context"]


@dataclass(frozen=True)
class Format:
    """How the lines of a log are recognised.

    `kind` tells what a line is: a request with its status, an error, the beginning and the end of a request on two
    lines, or what belongs to others and counts as read. Groups have the names of FIELDS, and for an error `level`,
    `message`.
    """

    name: str
    label: str
    pattern: str
    kind: Kind = "access"


def _quoted(name: str) -> str:
    """Return the pattern of a string in quotes that may hold escaped ones."""
    return rf'"(?P<{name}>[^"\\]*(?:\\[^\n][^"\\]*)*)"'


STATUS = "(?P<status>[0-9]{3}|-)"
REQUEST = _quoted("request")
CLF_TIME = r"\[(?P<time>[0-9]{2}/[A-Za-z]{3}/[0-9]{4}[: ][0-9:.,]{8,15})(?: [+-][0-9]{4})?\]"
ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
ISO_ZONE = rf"{ISO}(?:Z| ?[+-][0-9]{{2}}:?[0-9]{{2}})?"
CLF = rf'[^ "\[]+ [^ "]+ [^"\[]*{CLF_TIME} {REQUEST} {STATUS} (?:[0-9]+|-)'
AGENT = rf" {_quoted('referrer')} {_quoted('agent')}"
METHOD = "(?P<method>[A-Z]{3,20})"
TAG = r"(?:\[(?P<tag>[^\]]{1,80})\] )?"
LEVEL = "(?P<level>[A-Za-z]{4,9})"
MESSAGE = r"(?P<message>[^\n]*)"

# The first that matches decides. A log mostly has one format, so the one that matched last is tried first; two formats
# that match the same line have to say the same of it.
FORMATS = [
    Format(
        "vhost-combined",
        "Apache vhost_combined",
        rf'^[^ "\[]+:[0-9]{{1,5}} [^ "\[]+ [^ "\[]+ [^"\[]+ {CLF_TIME} {REQUEST} {STATUS} (?:[0-9]+|-)',
    ),
    Format("traefik", "Traefik", rf'^{CLF}{AGENT} [0-9]+ "[^"]*" "[^"]*" [0-9]+ms'),
    Format("combined", "combined (Apache, nginx, gunicorn)", rf"^{CLF}{AGENT}"),
    Format("common", "common (Apache, Tomcat)", rf"^{CLF}"),
    Format("django", "Django runserver", rf"^{CLF_TIME} {REQUEST} {STATUS} (?:[0-9]+|-)"),
    Format(
        "nginx-error",
        "nginx error.log",
        r"^(?P<time>[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) "
        rf"\[{LEVEL}\] [0-9]+#[0-9]+: (?:\*[0-9]+ )?{MESSAGE}",
        "error",
    ),
    Format(
        "apache-error",
        "Apache error_log",
        r"^\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)? [0-9]{4})\] "
        rf"\[(?:[a-z0-9_-]*:)?{LEVEL}\] (?:\[pid [^\]]*\] )?(?:\[client (?P<client>[^\]]*)\] )?{MESSAGE}",
        "error",
    ),
    Format(
        "haproxy",
        "HAProxy httplog",
        r"^(?:[a-z-]+\[[0-9]+\]: )?[^ ]+ \[(?P<time>[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:.]{8,12})\] [^ ]+ [^ /]+/[^ ]+ "
        r"[0-9+/-]+ (?P<status>[0-9]{3}|-1) \+?[0-9]+ [^ ]+ [^ ]+ (?P<detail>[A-Za-z-]{4}) [0-9/+]+ [0-9/+]+ "
        r'(?:\{[^}]*\} ){0,2}"(?P<request>[^"]*)',
    ),
    Format(
        "alb",
        "AWS ALB",
        rf"^(?:(?:https?|h2|grpcs|wss?) )?(?P<time>{ISO}Z) [^ ]+ [^ ]+ [^ ]+ [0-9.-]+ [0-9.-]+ [0-9.-]+ {STATUS} "
        rf"(?:[0-9]{{3}}|-) [0-9]+ [0-9]+ {REQUEST}",
    ),
    Format(
        "s3",
        "Amazon S3",
        rf"^[0-9a-f]{{32,64}} [^ ]+ {CLF_TIME} [^ ]+ [^ ]+ [^ ]+ [A-Z0-9]+\.[A-Za-z0-9_.]+ [^ ]+ (?:{REQUEST}|-) "
        rf"{STATUS} (?P<detail>[A-Za-z0-9]+|-)",
    ),
    Format(
        "envoy",
        "Envoy",
        rf"^\[(?P<time>{ISO}Z)\] {REQUEST} (?P<status>[0-9]{{1,3}}) (?P<detail>[A-Za-z_,-]+) ",
    ),
    Format("granian", "granian", rf"^\[(?P<time>{ISO_ZONE})\] [^ ]+ - {REQUEST} {STATUS} [0-9.]+"),
    Format(
        "gunicorn-error",
        "gunicorn",
        rf"^\[?(?P<time>{ISO_ZONE})\]? \[[0-9]+\] \[{LEVEL}\] {MESSAGE}",
        "error",
    ),
    Format("uvicorn", "uvicorn", rf"^(?:(?P<time>{ISO}) )?(?:INFO|WARNING|ERROR): +[^ ]+ - {REQUEST} {STATUS}"),
    Format("uvicorn-error", "uvicorn", rf"^(?P<level>INFO|WARNING|ERROR|CRITICAL|DEBUG): {{3,}}{MESSAGE}", "error"),
    Format("morgan-dev", "morgan dev", rf"^{METHOD} (?P<path>[^ ]+) {STATUS} (?:[0-9.]+|-) ms - (?:[0-9]+|-)"),
    Format("morgan-tiny", "morgan tiny", rf"^{METHOD} (?P<path>[^ ]+) {STATUS} (?:[0-9]+|-) - (?:[0-9.]+|-) ms"),
    Format(
        "morgan-short",
        "morgan short",
        rf"^[^ ]+ [^ ]+ {METHOD} (?P<path>[^ ]+) HTTP/[0-9.]+ {STATUS} (?:[0-9]+|-) - (?:[0-9.]+|-) ms",
    ),
    Format(
        "rails",
        "Rails",
        rf'^{TAG}Started {METHOD} "(?P<path>[^"]*)" for [^ ]+ at (?P<time>{ISO})',
        "start",
    ),
    Format("rails-end", "Rails", rf"^{TAG}Completed {STATUS} [^\n]{{0,60}}in [0-9]+ms", "end"),
    Format(
        "rails-context",
        "Rails",
        rf"^{TAG} {{0,8}}(?:Processing by [A-Z]|Parameters: \{{|Render(?:ed|ing) |Redirected to |Filter chain halted |"
        r"Sent (?:data|file) |↳ |[A-Z][A-Za-z:]{1,60} (?:Load|Exists\?|Create|Update|Destroy|Count|Pluck) \()",
        "context",
    ),
    Format(
        "iis",
        "IIS W3C",
        r"^(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}) [^ ]+ (?P<method>[A-Z]{3,20}) (?P<path>/[^ ]*) [^ ]+ [0-9]+ "
        r"[^ ]+ [^ ]+ [^ ]+ (?:[^ ]+ )?(?P<status>[0-9]{3}) (?P<detail>[0-9]{1,3}) [0-9]+",
    ),
    Format(
        "cloudfront",
        "CloudFront",
        "^(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}\t[0-9:]{8})\t[^\t]+\t[0-9]+\t[^\t]+\t(?P<method>[A-Z]{3,20})\t[^\t]+\t"
        "(?P<path>[^\t]+)\t(?P<status>[0-9]{3})\t",
    ),
    Format(
        "logback",
        "Logback (Spring Boot)",
        rf"^(?P<time>{ISO_ZONE}) +(?:\[[^\]]{{1,120}}\] +)?"
        rf"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +{MESSAGE}",
        "error",
    ),
    Format(
        "tomcat-error",
        "Tomcat",
        r"^(?P<time>[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?) "
        rf"(?P<level>SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST) \[[^\]]{{1,120}}\] {MESSAGE}",
        "error",
    ),
    Format(
        "logback-basic",
        "Logback",
        rf"^[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.,][0-9]{{3}} \[[^\]]{{1,80}}\] "
        rf"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR) +{MESSAGE}",
        "error",
    ),
]

# What a line of JSON, of name=value pairs, or below #Fields calls its parts, in the order of preference. A dot leads
# into an object.
FIELDS = {
    "status": [
        "status",
        "DownstreamStatus",
        "response_code",
        "status_code",
        "statusCode",
        "response.status",
        "response.status_code",
        "res.statusCode",
        "http.response.status_code",
        "http.status_code",
        "httpRequest.status",
        "@nginx_fields.status",
        "sc-status",
    ],
    "request": ["request", "request_line"],
    "method": [
        "request.method",
        "RequestMethod",
        "request_method",
        "method",
        "req.method",
        "http.request.method",
        "http.method",
        "httpRequest.requestMethod",
        "@nginx_fields.request_method",
        "cs-method",
    ],
    "path": [
        "request.uri",
        "RequestPath",
        "request_uri",
        "x_envoy_original_path",
        "path",
        "uri",
        "url",
        "req.url",
        "url.path",
        "http.url",
        "httpRequest.requestUrl",
        "@nginx_fields.request_uri",
        "cs-uri-stem",
    ],
    "time": [
        "ts",
        "time",
        "time_iso8601",
        "@timestamp",
        "timestamp",
        "start_time",
        "StartUTC",
        "time_local",
        "msec",
        "asctime",
    ],
    "detail": ["response_flags", "code", "sc-substatus"],
    "level": ["level", "severity", "levelname"],
    "message": ["msg", "message", "error"],
}
# The name of a format whose lines have one of these fields; the first that fits.
NAMED_BY = [
    ("Caddy (JSON)", ["request.uri"]),
    ("Traefik (JSON)", ["DownstreamStatus"]),
    ("Envoy (JSON)", ["response_flags"]),
    ("nginx (JSON)", ["request_uri", "time_iso8601", "body_bytes_sent", "@nginx_fields"]),
    ("CloudFront", ["x-edge-location"]),
    ("IIS W3C", ["s-ip", "sc-substatus", "cs-uri-stem"]),
    ("Heroku", ["dyno"]),
]
PAIR = r'(?:^|[ \t])([A-Za-z_][A-Za-z0-9_.-]{0,60})=(?:"([^"\\]*(?:\\[^\n][^"\\]*)*)"|([^ "]*))'

# What others write before a line: syslog, docker compose, Kubernetes, Heroku, Ruby's logger.
PREFIX = (
    r"^(?:(?:<[0-9]{1,3}>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [^ ]{1,80} [^ ]{1,80}: "
    r"|[A-Za-z0-9._-]{1,60} {1,20}\| "
    rf"|{ISO_ZONE} (?:stdout|stderr) [FP] "
    rf"|{ISO_ZONE} [a-z]{{1,20}}\[[A-Za-z0-9._-]{{1,40}}\]: "
    r"|[DIWEFA], \[[0-9T:.-]{19,26} #[0-9]{1,10}\] {1,2}[A-Z]{4,6} -- [^ ]{0,60}: )"
)
COLOURS = "\x1b\\[[0-9;]*[A-Za-z]"

# When something was: the time as it is written, whatever its zone.
CLOCKS = [
    "^(?P<d>[0-9]{2})[/-](?P<month>[A-Za-z]{3})[/-](?P<y>[0-9]{4})[: ]"
    "(?P<h>[0-9]{2}):(?P<min>[0-9]{2}):(?P<s>[0-9]{2})",
    "^(?P<y>[0-9]{4})[-/](?P<m>[0-9]{2})[-/](?P<d>[0-9]{2})[T \t](?P<h>[0-9]{2}):(?P<min>[0-9]{2}):(?P<s>[0-9]{2})",
    "^[A-Z][a-z]{2} (?P<month>[A-Za-z]{3}) (?P<d>[ 0-9][0-9]) (?P<h>[0-9]{2}):(?P<min>[0-9]{2}):(?P<s>[0-9]{2})"
    r"(?:\.[0-9]+)? (?P<y>[0-9]{4})",
]
EPOCH = r"^[0-9]{9,19}(?:\.[0-9]{1,9})?$"
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

# Parts of an address that name one thing of many, or a person: mail and IP addresses, tokens, numbers, UUIDs, long
# letters and digits mixed.
IDENTIFIER = (
    r"/(?:[^/@]{1,64}(?:@|%40)[^/@]{1,100}\.[A-Za-z]{2,20}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
    r"|eyJ[0-9A-Za-z_-]{5,1000}(?:\.[0-9A-Za-z_-]{0,1000}){1,2}|[0-9]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=[^/.]{0,200}[0-9])(?:[0-9a-fA-F]{12,200}|[0-9A-Za-z_-]{20,200}))(?=[/.]|$)"
)
ORIGIN = r"^[A-Za-z]{2,10}://[^/?#]*"
# Addresses that programs ask for which look for holes.
PROBE = (
    r"^/(?:wp-(?:login|admin|content|includes)|wordpress|xmlrpc\.php|\.env|\.git|\.aws|phpmyadmin|pma|cgi-bin"
    r"|vendor/phpunit|boaform|actuator|owa/|autodiscover|solr/|HNAP1|_ignition)"
)

# Levels of messages that need no look.
QUIET = ["trace", "debug", "info", "notice", "config", "fine", "finer", "finest"]
# Where a message of nginx ends and its parts begin.
MESSAGE_END = ", client: "
# What varies between two messages of a kind.
VARYING = r'"[^"\n]*"|[0-9]+'
MAX_SECONDS = 253_402_300_799  # from 1970 to the end of the year 9999
MIN_LINE = 12  # characters; no line of a format is shorter
MAX_LINE = 16_384  # characters; a longer line is counted and not read
MAX_SAMPLES = 5  # of lines that could not be read
MAX_SAMPLE = 300  # characters that are shown of a line
MAX_PATH = 120  # characters of an address
MAX_PATHS = 1000  # addresses of a status that are counted; then the rarer half is forgotten
MAX_BUCKETS = 3000  # of time, for a status; then they become longer
MAX_SHAPES = 300  # kinds of error messages
MAX_MATCHED = 60  # of them that are looked up
MAX_ERRORS = 8  # of them that are shown
MAX_STARTED = 1000  # requests that have begun and not ended
MAX_DETAILS = 100  # for a status
UNITS = [60, 600, 3600, 86_400]  # seconds of a bucket of time
MAX_BARS = 60
