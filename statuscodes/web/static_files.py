"""Static files by RFC 9110: WhiteNoise finds and opens them, this module reads the conditions and ranges of requests.

WhiteNoise gives the same strong ETag to every content coding, ignores If-Match and If-Range, reads If-None-Match as one
tag, and misreads some ranges.
"""

import calendar
import os
import re
from http import HTTPStatus
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import parse_http_date_safe
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NOT_MODIFIED_HEADERS, MissingFileError, Response, SlicedFile, StaticFile

from statuscodes.page_cache.negotiation import accepted_encoding, matches

from .methods import READ_ONLY, method_response

RANGE = re.compile(r"bytes=[ \t]*(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+))[ \t]*", re.IGNORECASE)
MAX_DIGITS = 18  # of a position; no file is longer


class Unsatisfiable(Exception):
    """A range begins after the end of the file."""


class ConditionalFile(StaticFile):
    """A file in each of its content codings, each of which has its own ETag."""

    def get_alternatives(self, base_headers: Headers, files: Any) -> Any:
        """Return (content coding, path, headers) of each coding, the shortest first."""
        alternatives = []
        for coding, entry in sorted(files.items(), key=lambda item: item[1].size):
            headers = Headers(base_headers.items())
            headers["Accept-Ranges"] = "bytes"
            headers["Content-Length"] = str(entry.size)
            if coding:
                headers["Content-Encoding"] = coding
                headers["ETag"] = f'{self.etag[:-1]}-{coding}"'
            alternatives.append((coding, entry.path, headers.items()))
        return alternatives

    def get_response(self, method: str, request_headers: dict[str, Any]) -> Response:
        """Answer GET or HEAD. The order of the conditions is that of RFC 9110 section 13.2.2."""
        path, items = self.get_path_and_headers(request_headers)
        headers: Any = Headers(list(items))
        if self._fails(request_headers, headers["ETag"]):
            return Response(HTTPStatus.PRECONDITION_FAILED, [("Content-Length", "0")], None)
        if self._is_unchanged(request_headers, headers["ETag"]):
            kept = [(name, value) for name, value in headers.items() if name in NOT_MODIFIED_HEADERS]
            return Response(HTTPStatus.NOT_MODIFIED, kept, None)
        if method == "HEAD":
            return Response(HTTPStatus.OK, headers.items(), None)
        size = int(headers["Content-Length"])
        try:
            part = self._part(request_headers, headers["ETag"], size)
        except Unsatisfiable:
            missed = [("Content-Range", f"bytes */{size}"), ("Content-Length", "0")]
            return Response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, missed, None)
        file = open(path, "rb")  # noqa: SIM115 (the response closes it)
        if part is None:
            return Response(HTTPStatus.OK, headers.items(), file)
        first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        headers["Content-Length"] = str(last - first + 1)
        return Response(HTTPStatus.PARTIAL_CONTENT, headers.items(), SlicedFile(file, first, last))

    def get_path_and_headers(self, request_headers: dict[str, Any]) -> Any:
        """Return the path and the headers of the shortest coding that the client accepts."""
        codings = tuple(coding for coding, *_rest in self.alternatives if coding)
        accepted = accepted_encoding(request_headers.get("HTTP_ACCEPT_ENCODING", ""), codings)
        return next((path, headers) for coding, path, headers in self.alternatives if (coding or "") == accepted)

    def _fails(self, request_headers: dict[str, Any], etag: str) -> bool:
        """Return whether If-Match, or else If-Unmodified-Since, asks for another state of the file."""
        if (tags := request_headers.get("HTTP_IF_MATCH")) is not None:
            return not matches(tags, etag)
        return self._is_newer_than(request_headers.get("HTTP_IF_UNMODIFIED_SINCE")) is True

    def _is_unchanged(self, request_headers: dict[str, Any], etag: str) -> bool:
        """Return whether the client has the file, by If-None-Match or else If-Modified-Since."""
        if (tags := request_headers.get("HTTP_IF_NONE_MATCH")) is not None:
            return matches(tags, etag, weak=True)
        return self._is_newer_than(request_headers.get("HTTP_IF_MODIFIED_SINCE")) is False

    def _is_newer_than(self, date: str | None) -> bool | None:
        """Return whether the file was modified after an HTTP date, None if that is none."""
        since = parse_http_date_safe(date or "")
        if since is None or self.last_modified is None:
            return None
        return calendar.timegm(self.last_modified) > since

    def _part(self, request_headers: dict[str, Any], etag: str, size: int) -> tuple[int, int] | None:
        """Return the first and the last byte that the request asks for, None for the whole file.

        A server may ignore Range, and we do for several ranges at once, and for an If-Range with a date: all codings of
        a file have the same date, so it is no strong validator (section 13.1.5). Raise Unsatisfiable.
        """
        match = RANGE.fullmatch(request_headers.get("HTTP_RANGE", ""))
        if not match or request_headers.get("HTTP_IF_RANGE", etag).strip() != etag:
            return None
        if match["suffix"]:
            length = min(_position(match["suffix"]), size)
            first, last = size - length, size - 1
        else:
            first = _position(match["first"])
            last = min(_position(match["last"]), size - 1) if match["last"] else size - 1
            if match["last"] and _position(match["last"]) < first:
                return None  # not a valid range
        if first > last:
            raise Unsatisfiable
        return first, last


def _position(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= MAX_DIGITS else 10**MAX_DIGITS


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise with conditional files, and with our answers to other methods."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        # What is in the folder for us alone: the names of all files, and the mark of the last collecting.
        if os.path.basename(path).startswith((".", "staticfiles.json")):
            return
        super().add_file_to_dictionary(url, path, stat_cache)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> ConditionalFile:
        if stat_cache is None and not os.path.exists(path):
            raise MissingFileError(path)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        encodings = {"gzip": f"{path}.gz", "br": f"{path}.br"}
        return ConditionalFile(path, headers.items(), stat_cache=stat_cache, encodings=encodings)

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        # A file's address has no language, and this comes before the middleware that would set one.
        with translation.override(settings.LANGUAGE_CODE):
            refusal = method_response(request, READ_ONLY)
        response: Any = refusal or WhiteNoiseMiddleware.serve(static_file, request)
        # For a script that runs as a worker: what it reads is private.
        response.connect_sources = ["'none'"]
        return response
