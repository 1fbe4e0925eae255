"""Calls at any depth need no memory from the operating system."""

import resource
from concurrent.futures import ThreadPoolExecutor

from statuscodes.web.stack import on_large_stack

DEPTHS, CALLS = 400, 50


def call_at_each_depth(depth=0):
    """Call a function many times at each of DEPTHS depths."""
    for _call in range(CALLS):
        wide(depth)
    if depth < DEPTHS:
        call_at_each_depth(depth + 1)


def wide(n):
    """Take so many words of the stack that they do not fit below the end of a piece at two depths at least."""
    return (n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n)


@on_large_stack
def call_with_room():
    call_at_each_depth()


def page_faults(function):
    """Return how many pages of memory the second call of a function in a thread takes."""
    function()
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    function()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def test_no_depth_is_slow_on_a_large_stack():
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(page_faults, call_with_room).result() < CALLS
