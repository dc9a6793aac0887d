"""A cache that is a help and never a need."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class SharedCache(RedisCache):
    """Redis, shared by all processes. While it does not answer, nothing is found and nothing is kept."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda: super(SharedCache, self).get(key, default, version), default)

    def set(self, *args: Any, **options: Any) -> None:
        self._ask(lambda: super(SharedCache, self).set(*args, **options), None)

    def add(self, *args: Any, **options: Any) -> bool:
        return bool(self._ask(lambda: super(SharedCache, self).add(*args, **options), False))

    def _ask(self, question: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return question()
        except RedisError as error:
            logger.warning("The cache does not answer: %s", error)
            return otherwise
