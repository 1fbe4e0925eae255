"""Requests as commands that people paste into a terminal."""

import shlex

import pytest

from codes.texts.curl import curl_command


def test_a_shell_takes_the_message_as_it_is():
    value, content = "'; $(id) `id` \\ !x", "it's\n$(id)"
    command = curl_command(f"POST /a?b='$(id)' HTTP/1.1\nHost: a.example\nX: {value}\n\n{content}")
    assert shlex.split(command) == [
        *("curl", "-i", "-H", f"X: {value}", "--data-raw", content, "https://a.example/a?b='$(id)'")
    ]


def test_curl_asks_for_one_address_whatever_brackets_it_has():
    assert curl_command("GET /items?filter[name]=x HTTP/1.1\nHost: a.example").startswith("curl -i -g ")


@pytest.mark.parametrize("line", ["@/etc/passwd", "@/etc/passwd: x", "X: \x1b[201~id", "X: \x9b201~id"])
def test_what_is_no_header_field_is_in_no_command(line):
    assert curl_command(f"GET / HTTP/1.1\nHost: a.example\n{line}") == ""
