"""Room on CPython's stack, so that deep calls need nothing from the operating system.

CPython keeps the frames of a thread in pieces of 16 KiB. It asks the system for one when a call finds no room, and
gives it back when that call returns. Where a piece is full at a depth from which much is called, each of these calls
costs two system calls and a new page of memory: a third of the time that a large form of the admin takes.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, cast

# Words that the frame asks for: more than half of 1 MiB, so that its piece is of that size. The rest of it is for what
# is called, at some 30 words a frame. Memory that nobody writes to is only reserved.
FRAME_SIZE = 70_000

Called = TypeVar("Called", bound=Callable[..., Any])


def on_large_stack(function: Called) -> Called:
    """Let each call of a Python function begin a piece of the stack that has room for all that it calls."""
    plain = cast("FunctionType", function)
    plain.__code__ = plain.__code__.replace(co_stacksize=FRAME_SIZE)
    return function
