"""The shipped nginx in front of the site, and beside it the same pages as files, on a port without TLS for wrk."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from tools.serving import ROOT, Server, free_port, shipped_nginx

HOST = {"Host": "status.example"}
# Header fields that nginx writes itself.
OWN = {"server", "date", "connection", "content-type", "content-length"}
EDIT = """
import time
from codes.models import StatusCode
code = StatusCode.objects.get(number=404)
code.name_ko = {name!r}
code.save()
print(time.time())
"""


def file_of(name):
    """Return the address of the page in a file, in the coding with this name."""
    return f"/bench-{name}.html"


@contextmanager
def serving(folder, site, page, asked):
    """Serve the page as the shipped nginx does, and as a file for each coding in `asked`; yield the Server."""
    folder.mkdir()
    port = free_port()
    files = {}
    for name, headers in asked.items():
        answer = site.get(page, headers | HOST | {"X-Forwarded-Proto": "https"})
        files[file_of(name)] = [each for each in answer.headers if each[0].lower() != "x-accel-expires"]
        (folder / file_of(name)[1:]).write_bytes(answer.body)

    def changed(text):
        text = text.replace("rate=10000r/s", "rate=1000000r/s").replace(
            "X-Forwarded-Proto $scheme", "X-Forwarded-Proto https"
        )
        inside = "".join(location(folder, path, headers) for path, headers in files.items())
        head, tls, tail = (
            text.rpartition("    http2 on;\n") if "http2 on;" in text else text.rpartition("    server_name")
        )
        return f"{head}    listen 127.0.0.1:{port};\n{inside}{tls}{tail}"

    with shipped_nginx(folder, site.port, changed) as (_plain, _secure):
        server = Server(port, process=None)
        server.get(page, HOST)
        yield server


def location(folder, path, headers):
    """Return a location that sends a file with these headers."""
    lines = [f"root {folder};", "etag off;", "max_ranges 0;", 'add_header Last-Modified "";', "types { }"]
    for name, value in headers:
        if name.lower() == "content-type":
            lines.append(f"default_type {quoted(value)};")
        elif name.lower() not in OWN:
            lines.append(f"add_header {name} {quoted(value)};")
    return f"    location = {path} {{ {' '.join(lines)} }}\n"


def quoted(value):
    """Return a text as nginx reads it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def seconds_until_shown(site, proxy, page, name):
    """Rename 404 while readers ask all the time; return the seconds from the save to the first answer that shows it."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", EDIT.format(name=name)]
    with subprocess.Popen(command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, text=True) as editor:
        while name not in re.search(r"<h1[^>]*>(.*?)</h1>", proxy.get(page, HOST).body.decode())[1]:
            shown = time.time()
        return shown - float(editor.stdout.read())


def kill(server):
    """Kill a server and its workers, without a word to them."""
    for process in (server.worker, server.process.pid):
        os.kill(process, signal.SIGKILL)
