"""A cache that is a help and never a need."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

PAUSE = 5.0  # seconds for which a server that did not answer is not asked again


class SharedCache(RedisCache):
    """Redis, shared by all processes. While it does not answer, nothing is found and nothing is kept."""

    silent: ClassVar[dict[str, float]] = {}
    """Until when, by the clock of this process, which servers are left alone."""

    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, params)
        self.server = server

    def get(self, key: object, default: object = None, version: int | None = None) -> object:
        return self._ask(lambda: super(SharedCache, self).get(key, default, version), default)

    def set(self, *args: Any, **options: Any) -> None:
        self._ask(lambda: super(SharedCache, self).set(*args, **options), None)

    def add(self, *args: Any, **options: Any) -> bool:
        return bool(self._ask(lambda: super(SharedCache, self).add(*args, **options), False))

    def _ask(self, question: Callable[[], Answer], otherwise: Answer) -> Answer:
        """What Redis answers, or ``otherwise`` while it does not: a page never fails for want of its cache."""
        if time.monotonic() < self.silent.get(self.server, 0):
            return otherwise
        try:
            return question()
        except RedisError as error:
            self.silent[self.server] = time.monotonic() + PAUSE
            logger.warning("The cache does not answer and is left alone for %g s: %s", PAUSE, error)
            return otherwise
