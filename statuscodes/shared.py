"""The cache that hosts share, as the site needs it: never an error, and never long to wait for."""

import json
import logging
import time
from functools import wraps

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


def tolerant(method):
    """While the cache is away it is empty, and takes nothing."""

    @wraps(method)
    def wrapper(self, key, value=None, *args, **kwargs):
        if time.monotonic() < self.quiet_until:
            return None
        try:
            return method(self, key, value, *args, **kwargs)
        except (RedisError, OSError, ValueError) as error:
            log.warning("the cache does not answer: %s", error)
            self.quiet_until = time.monotonic() + QUIET_FOR
            return None

    return wrapper


class SharedCache(RedisCache):
    quiet_until = 0.0

    def __init__(self, server, params):
        limits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "serializer": JSONSerializer()}
        super().__init__(server, params | {"OPTIONS": params.get("OPTIONS", {}) | limits})

    get = tolerant(RedisCache.get)
    set = tolerant(RedisCache.set)
