"""The metrics that Prometheus reads."""

import pytest

pytestmark = pytest.mark.django_db


def metrics_of(client):
    page = client.get("/metrics", HTTP_AUTHORIZATION="Bearer only-for-tests")
    return dict(line.rsplit(" ", 1) for line in page.content.decode().splitlines() if not line.startswith("#"))


def test_metrics_count_answers(client, settings):
    settings.METRICS_TOKEN = "only-for-tests"
    before = metrics_of(client)
    client.get("/404/")
    client.get("/nope/")
    after = metrics_of(client)
    for status in ("200", "404"):
        name = f'statuscodes_django_answers_total{{status="{status}"}}'
        assert float(after[name]) > float(before.get(name, 0))
    assert float(after["statuscodes_django_seconds_count"]) > float(before["statuscodes_django_seconds_count"])
    for name in ("statuscodes_revision", "statuscodes_database_up", "statuscodes_page_cache_hits_total"):
        assert name in after


@pytest.mark.parametrize(
    ("token", "given"),
    [
        ("", ""),
        ("", "Bearer "),
        ("secret", ""),
        ("secret", "Bearer wrong"),
        ("secret", "secret"),
        ("secret", "Bearer é"),
    ],
)
def test_metrics_need_the_token(client, settings, token, given):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", HTTP_AUTHORIZATION=given).status_code == 404
