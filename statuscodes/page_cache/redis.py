"""The cache that hosts share. It never raises, and never makes a request wait for long."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
OPEN_FOR = 1.0  # seconds for which a server that did not answer is not asked again (a circuit breaker)


class JSONSerializer:
    """Stores plain data. With pickle, anyone who can write into the cache could run code here."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class FailSafeRedisCache(RedisCache):
    """A Redis cache that is empty while the server does not answer. Only get() and set() are guarded."""

    open_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        limits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "serializer": JSONSerializer()}
        super().__init__(server, params | {"OPTIONS": params.get("OPTIONS", {}) | limits})

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._guarded(super().get, default, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._guarded(super().set, None, key, value, timeout, version)

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
