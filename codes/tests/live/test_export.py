"""Everything for programs as files: complete, with links that lead somewhere, served by nginx as the docs say."""

import getpass
import re
import urllib.error
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import call_command

from tools.serving import free_port, nginx_program, running

pytestmark = pytest.mark.django_db

# What has no alternates: the list on one sheet, what answers what readers bring (the table they make, what they paste,
# what they ask for), what is about the site, and its changes, which have a feed.
WITHOUT_ALTERNATES = re.compile(r"/(?:sheet|choose/table|diagnose|live|data|about|changes)\.")
OWN_LINK = re.compile(r"https://status\.example(/[^\s\"'<>)\]#?`,\\{]*)")
TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


@pytest.fixture(scope="module")
def tree(django_db_setup, django_db_blocker, tmp_path_factory):
    """The folder that the command wrote."""
    folder = tmp_path_factory.mktemp("export") / "data"
    with django_db_blocker.unblock():
        call_command("export_data", folder, verbosity=0)
    return folder


@pytest.fixture(scope="module")
def paths(tree):
    """The addresses of all files."""
    return {f"/{path.relative_to(tree)}" for path in tree.rglob("*") if path.is_file()}


def test_every_page_has_twins_among_the_files(rendered, paths):
    pages = {{"/": "/codes/", "/en/": "/en/codes/"}.get(page, page).rstrip("/") for page in rendered}
    alternates = {f"{page}.{suffix}" for page in pages for suffix in ("json", "txt", "md")}
    missing = {alternate for alternate in alternates - paths if not re.match("/en/.*json", alternate)}
    assert {alternate for alternate in missing if not WITHOUT_ALTERNATES.search(alternate)} == set()


def test_a_file_is_what_the_site_answers_at_its_address(client, tree):
    for path in ["/404.json", "/404.txt", "/en/404.md", "/en/vs/401-403.txt", "/codes.json", "/codes.csv", "/llms.txt",
                 "/en/codes.txt", "/grpc.json", "/errors/nginx.json", "/choose/ask.md", "/schema/error.json",
                 "/.well-known/api-catalog"]:  # fmt: skip
        assert (tree / path[1:]).read_bytes() == client.get(path).content


def test_every_link_in_a_file_leads_to_a_file_or_to_a_page(client, rendered, tree, paths):
    links = {link for path in paths for link in OWN_LINK.findall((tree / path[1:]).read_text())}
    assert len(links) > 1000
    others = links - paths - set(rendered)
    # A few pages are not in the sitemap: those of codes that only stand for what not to return.
    assert len(others) < 50
    assert [link for link in others if client.get(link).status_code != 200] == []


def test_nginx_serves_the_files_with_their_types_to_scripts_of_any_site(tree, paths, tmp_path):
    port = free_port()
    text = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    locations = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)[1].replace("/srv/statuscodes-data", str(tree))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; user {getpass.getuser()}; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; {locations} }} }}"
    )
    command = [nginx_program(), "-p", tmp_path, "-e", "stderr", "-c", tmp_path / "nginx.conf"]
    with running(command, port, tmp_path / "log", path="/404.json"):
        for path in sorted(paths):
            with urlopen(f"http://127.0.0.1:{port}{path}") as response:
                expected = TYPES.get(path.rpartition(".")[2], "application/linkset+json")
                expected = "application/schema+json" if path.startswith("/schema/") else expected
                assert (response.headers["Content-Type"], response.status) == (expected, 200), path
                assert response.headers["Access-Control-Allow-Origin"] == "*"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{port}/471.json")
