"""The cache that hosts share. It never raises, and never makes a request wait for long."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from django.utils.crypto import constant_time_compare, salted_hmac
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
OPEN_FOR = 1.0  # seconds for which a server that did not answer is not asked again (a circuit breaker)


SALT = "statuscodes.page_cache"


class BytesSerializer:
    """Stores bytes as they are."""

    def dumps(self, value: bytes) -> bytes:
        return value

    def loads(self, data: bytes) -> bytes:
        return data


class FailSafeRedisCache(RedisCache):
    """A Redis cache that is empty while the server does not answer. Only get() and set() are guarded.

    Values are plain data, signed together with their key: who can write into Redis, but does not know SECRET_KEY, can
    neither plant a page nor put one under another key, and what others write there counts as a miss.
    """

    open_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        limits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "serializer": BytesSerializer()}
        super().__init__(server, params | {"OPTIONS": params.get("OPTIONS", {}) | limits})

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return the stored value; the default if there is none, if it is not ours, or while Redis does not answer."""
        stored = self._guarded(super().get, None, key, None, version)
        if stored is None:
            return default
        try:
            signature, _newline, text = stored.partition(b"\n")
            if not constant_time_compare(signature.decode(), self._signature(key, text, version)):
                raise ValueError("the signature is wrong")
            return json.loads(text)
        except (AttributeError, RecursionError, ValueError) as error:
            log.warning("the cache holds what this site did not store: %s", error)
            return default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Store a value that JSON can hold, unless Redis does not answer."""
        text = json.dumps(value).encode()
        signed = self._signature(key, text, version).encode() + b"\n" + text
        self._guarded(super().set, None, key, signed, timeout, version)

    def _signature(self, key: Any, text: bytes, version: Any) -> str:
        name = self.make_key(key, version).encode()
        return salted_hmac(SALT, name + b"\n" + text, algorithm="sha256").hexdigest()

    def _guarded(self, method: Callable[..., Any], fallback: Any, *args: Any) -> Any:
        """Call the method; return the fallback if Redis does not answer or did not a moment ago."""
        if time.monotonic() < self.open_until:
            return fallback
        try:
            return method(*args)
        except (RedisError, OSError, ValueError) as error:
            log.warning("the cache does not answer: %s", error)
            self.open_until = time.monotonic() + OPEN_FOR
            return fallback
