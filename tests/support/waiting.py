"""Waiting on conditions, never on the clock alone."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float, what: str, every: float = 0.02) -> T:
    """Calls `condition` until it is true and returns its value. An AssertionError raised by it counts as "not yet"."""
    deadline = time.monotonic() + seconds
    while True:
        complaint: object = None
        try:
            if value := condition():
                return value
        except AssertionError as error:
            complaint = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}" + (f": {complaint}" if complaint else ""))
        time.sleep(every)
