"""The cache that hosts share, as the site needs it: never an error, and never long to wait for."""

import json
import logging
import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
QUIET_FOR = 1.0  # seconds for which a cache that did not answer is not asked again


class JSONSerializer:
    """Plain data. Whoever could write into the cache could otherwise run code here, by pickle."""

    def dumps(self, value):
        return json.dumps(value).encode()

    def loads(self, data):
        return json.loads(data)


class SharedCache(RedisCache):
    """While Redis is away the cache is empty and takes nothing. So patient are get and set; nothing else is used."""

    quiet_until = 0.0

    def __init__(self, server, params):
        limits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "serializer": JSONSerializer()}
        super().__init__(server, params | {"OPTIONS": params.get("OPTIONS", {}) | limits})

    def get(self, key, default=None, version=None):
        return self._try(super().get, default, key, default, version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._try(super().set, None, key, value, timeout, version)

    def _try(self, method, otherwise, *args):
        if time.monotonic() < self.quiet_until:
            return otherwise
        try:
            return method(*args)
        except (RedisError, OSError, ValueError) as error:
            log.warning("the cache does not answer: %s", error)
            self.quiet_until = time.monotonic() + QUIET_FOR
            return otherwise
