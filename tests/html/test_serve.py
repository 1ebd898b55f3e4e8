"""`netc serve`: a real process, its answers, and a browser that is told of every save."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.html.looking import fold, keys

SPEC = """
block unit(n) { conv(n, 3, padding=1) -> relu -> conv(n, 3, padding=1) }
net a(classes=10) {
  input image [3, 32, 32]
  one: unit(8)
  two: unit(8)
  head: linear(classes)
}
"""

Serve = Callable[..., "Served"]


class Served:
    """A running `netc serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line or process.communicate()
        self.address, self.port = found[0], int(found[1])

    def get(self, path: str, host: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def net(self, query: str = "") -> dict[str, object]:
        found: dict[str, object] = json.loads(self.get(f"/net{query}")[1])
        return found


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "netcompiler.cli", "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: object) -> Served:
        started.append(start("--port", 0, "--no-open", *arguments))
        return Served(started[-1])

    yield serve
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def window(windows: BrowserContext) -> Iterator[Page]:
    page = windows.new_page()
    yield page
    page.close()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "a.net"
    file.write_text(SPEC)
    return file


def replace(file: Path, text: str) -> None:
    """Save as editors do: another file takes the place of the first."""
    other = file.with_suffix(".new")
    other.write_text(text)
    other.replace(file)


def test_a_save_reaches_the_page_and_keeps_what_is_folded(serve: Serve, window: Page, spec: Path) -> None:
    window.goto(serve(spec).address)
    fold(window, "one")
    replace(spec, SPEC.replace("  two: unit(8)\n", "  two: unit(8)\n  three: unit(16)\n"))
    expect(window.locator('#world [data-key="three.0"]')).to_have_count(1)
    assert "one" in keys(window)
    assert "one.0" not in keys(window)


def test_an_error_stands_over_the_last_net_until_it_is_mended(serve: Serve, window: Page, spec: Path) -> None:
    window.goto(serve(spec).address)
    replace(spec, SPEC.replace("unit(8)\n  head", "unti(8)\n  head"))
    expect(window.locator("#error-text")).to_contain_text("error[E201]")
    terminal = subprocess.run(
        [sys.executable, "-m", "netcompiler.cli", "show", str(spec)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert window.text_content("#error-text") == terminal.stderr.rstrip("\n")
    assert "head" in keys(window)
    replace(spec, SPEC)
    expect(window.locator("#error")).to_be_hidden()


def test_it_starts_with_a_mistake_and_survives_a_file_that_is_gone(
    serve: Serve, window: Page, spec: Path
) -> None:
    spec.write_text("net a {")
    window.goto(serve(spec).address)
    expect(window.locator("#error-text")).to_contain_text("error[E10")
    spec.unlink()
    expect(window.locator("#error-text")).to_contain_text("No such file")
    spec.write_text(SPEC)
    expect(window.locator('#world [data-key="head"]')).to_have_count(1)
    expect(window.locator("#error")).to_be_hidden()


def test_a_change_in_a_used_file_counts(serve: Serve, window: Page, spec: Path) -> None:
    (spec.parent / "parts.net").write_text("block unit(n) { conv(n, 3, padding=1) }")
    spec.write_text('use "parts.net": unit\n' + SPEC.partition("\n\n")[0].split("\n", 2)[2])
    window.goto(serve(spec).address)
    expect(window.locator("#facts")).to_contain_text("layers")
    before = window.text_content("#facts")
    (spec.parent / "parts.net").write_text("block unit(n) { conv(n, 5, padding=2) }")
    expect(window.locator("#facts")).not_to_have_text(before or "")


def test_several_nets_make_a_menu(serve: Serve, window: Page, spec: Path) -> None:
    spec.write_text(SPEC + "net b = a(classes=20)\n")
    window.goto(serve(spec).address)
    assert window.text_content("#name") == "a"
    window.select_option("#nets", "b")
    expect(window.locator("#name")).to_have_text("b")
    replace(spec, SPEC + "net b = a(classes=21)\n")
    expect(window.locator('#world [data-key="head"]')).to_contain_text("fc 21")


def test_the_net_and_its_parameters_can_be_named(serve: Serve, spec: Path) -> None:
    spec.write_text(SPEC + "net b = a(classes=20)\n")
    assert serve(f"{spec}:b").net()["data"]["name"] == "b"  # type: ignore[index]
    assert "13" in json.dumps(serve(spec, "-D", "classes=13").net("?net=a")["data"])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_pages_of_other_sites_get_nothing(serve: Serve, spec: Path, host: str) -> None:
    served = serve(spec)
    assert served.get("/net", host)[0] == 403
    assert served.get("/net", f"localhost:{served.port}")[0] == 200
    assert served.get("/../../etc/passwd")[0] == 404


def test_a_port_in_use_is_one_line(spec: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(spec, "--no-open", "--port", taken.getsockname()[1])
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert "cannot be used" in err
    assert "--port 0" in err


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_an_interrupt_ends_it_at_once(serve: Serve, window: Page, spec: Path, number: signal.Signals) -> None:
    served = serve(spec)
    window.goto(served.address)
    served.process.send_signal(number)
    out, err = served.process.communicate(timeout=5)
    assert (served.process.returncode, out, err) == (0, "stopped\n", "")


def test_standard_input_cannot_be_watched() -> None:
    process = start("-")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "standard input" in err
