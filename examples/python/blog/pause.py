"""How long to wait before the next attempt."""

import random

FIRST = 0.2
LONGEST = 10.0


class Pause:
    """Grows from 0.2 s to 10 s, with jitter, so that a thousand clients of a replica that went don't come back at once."""

    def __init__(self):
        self._attempts = 0

    def next(self, asked=None):
        """The next wait in seconds, never sooner than the service asked for."""
        own = min(LONGEST, FIRST * 2**self._attempts) * random.uniform(0.5, 1)
        self._attempts += 1
        return max(own, asked or 0)

    def reset(self):
        self._attempts = 0
