"""`netc serve` as a process: what it answers, what it tells of, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.served import SPEC, Serve, replace, start


def shown_in_the_terminal(spec: Path, *arguments: str) -> str:
    """What a command says of a mistake; how to read on in a terminal is left out."""
    ran = subprocess.run(
        [sys.executable, "-m", "netcompiler.cli", "show", str(spec), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    return ran.stderr.partition("\n\nfor more about ")[0].rstrip("\n")


# ---- what it answers -----------------------------------------------------------------------------


def test_the_page_and_the_net(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    assert served.line == f"{spec} is shown at {served.address} (Ctrl-C ends it)\n"
    status, page = served.get("/")
    assert status == 200
    assert page.startswith("<!doctype html>")
    assert "connect-src 'self'" in page
    record = served.net()
    assert (record["net"], record["nets"], record["error"]) == ("a", ["a"], "")
    assert record["data"]["net"] == "a"


def test_nothing_else_is_there(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    for path in ("/a.net", "/../../../../../../etc/passwd", "//etc/passwd", "/picture.svg", "/net/"):
        assert served.get(path) == (404, "there is nothing here\n")
    assert served.ask("/", "POST").status == 501


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::1]"],
)
def test_pages_of_other_sites_get_nothing(serve: Serve, spec: Path, host: str) -> None:
    """A name that has been made to mean this machine is not this machine's name."""
    served = serve(spec)
    for path in ("/", "/net", "/events", "/picture.svg"):
        assert served.get(path, Host=host.format(port=served.port))[0] == 403
    for own in (f"localhost:{served.port}", f"127.0.0.1:{served.port}", "LOCALHOST"):
        assert served.get("/net", Host=own)[0] == 200


def test_it_listens_on_this_machine_alone(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection((address, served.port), timeout=2),
        ):
            pass


def test_answers_are_never_kept_nor_framed(serve: Serve, spec: Path) -> None:
    headers = serve(spec).ask("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


# ---- which net -----------------------------------------------------------------------------------


def test_a_net_and_its_parameters(serve: Serve, spec: Path) -> None:
    spec.write_text(SPEC + "net b = a(classes=20)\n", encoding="utf-8")
    served = serve(f"{spec}:b", "--input", "image=[3,16,16]")
    assert served.net()["net"] == "b"
    assert served.net()["nets"] == ["a", "b"]
    assert "3×16×16" in json.dumps(served.net(), ensure_ascii=False)
    served = serve(spec, "-D", "classes=13")
    # `a` takes it; `b` has set it already.
    assert "13" in json.dumps(served.net("?net=a")["data"])
    assert served.net("?net=b")["error"] == ""


def test_nets_that_lack_a_parameter_are_not_offered(serve: Serve, spec: Path) -> None:
    spec.write_text(SPEC.replace("classes=10", "classes") + "net b = a(classes=20)\n", encoding="utf-8")
    assert serve(spec).net()["nets"] == ["b"]
    assert serve(spec, "-D", "classes=3").net()["nets"] == ["a", "b"]
    assert "classes" in serve(f"{spec}:a").net()["error"]


def test_an_unknown_net_or_parameter_is_told_of_as_in_the_terminal(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    assert served.net("?net=c")["error"] == shown_in_the_terminal(Path(f"{spec}:c"))
    served = serve(spec, "-D", "clases=3")
    assert served.net()["error"] == shown_in_the_terminal(spec, "-D", "clases=3")
    assert "did you mean `classes`" in served.net()["error"]


# ---- what it tells of ----------------------------------------------------------------------------


def test_every_save_is_told(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    events = served.events()
    seen = {events.next()}
    assert seen == {served.net()["version"]}
    for number in (11, 12):
        replace(spec, SPEC.replace("classes=10", f"classes={number}"))
        seen.add(events.next())
        record = served.net()
        assert record["version"] in seen
        assert f"fc {number}" in json.dumps(record["data"])
    spec.write_text(SPEC, encoding="utf-8")
    seen.add(events.next())
    assert len(seen) == 4


def test_a_mistake_is_told_and_mended(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    events = served.events()
    events.next()
    replace(spec, SPEC.replace("relu", "rellu"))
    events.next()
    record = served.net()
    assert record["error"] == shown_in_the_terminal(spec)
    assert "^^^^^" in record["error"]
    assert "data" not in record
    replace(spec, SPEC)
    events.next()
    assert served.net()["error"] == ""


def test_it_starts_with_a_mistake(serve: Serve, spec: Path) -> None:
    spec.write_text("net a {", encoding="utf-8")
    served = serve(spec)
    assert served.get("/")[0] == 200
    assert served.net()["error"] == shown_in_the_terminal(spec)
    assert served.net()["nets"] == []


def test_a_file_that_is_gone_and_comes_back(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    events = served.events()
    events.next()
    spec.unlink()
    events.next()
    assert "No such file or directory" in served.net()["error"]
    spec.write_text(SPEC, encoding="utf-8")
    events.next()
    assert served.net()["error"] == ""


def test_files_that_it_uses(serve: Serve, spec: Path) -> None:
    parts = spec.parent / "parts" / "units.net"
    rest = SPEC[SPEC.index("net a") :]
    spec.write_text('use "parts/units.net": unit\n' + rest, encoding="utf-8")
    served = serve(spec)
    events = served.events()
    events.next()
    assert "there is no file `parts/units.net`" in served.net()["error"]
    parts.parent.mkdir()
    parts.write_text('use "more.net": inner\nblock unit(n) { inner(n) }\n', encoding="utf-8")
    events.next()
    assert "more.net" in served.net()["error"]
    (parts.parent / "more.net").write_text("block inner(n) { conv(n, 1) }\n", encoding="utf-8")
    events.next()
    assert served.net()["error"] == ""
    (parts.parent / "more.net").write_text("block inner(n) { conv(n, 1\n", encoding="utf-8")
    events.next()
    assert "more.net:1" in served.net()["error"]
    # While the main file cannot be read, nobody knows what it uses: the others are watched all the same.
    replace(spec, "net a {")
    events.next()
    (parts.parent / "more.net").write_text("block inner(n) { conv(n, 3) }\n", encoding="utf-8")
    events.next()


def test_a_huge_file(serve: Serve, spec: Path) -> None:
    spec.write_text("# much\n" * 200_000, encoding="utf-8")
    assert "the limit for a spec" in serve(spec).net()["error"]


# ---- pictures of other styles --------------------------------------------------------------------


def test_a_picture_of_any_style(serve: Serve, spec: Path) -> None:
    served = serve(spec, "--style", "volumes", "--theme", "dark", "--title", "a title")
    status, page = served.get("/")
    assert status == 200
    assert "img-src 'self'" in page
    found = served.net()["data"]
    status, svg = served.get(found["picture"])
    assert (status, svg[:5]) == (200, "<?xml")
    assert "a title" in svg
    events = served.events()
    events.next()
    replace(spec, "net a { input x [10]\n linear(3) }")
    events.next()
    record = served.net()
    assert record["error"].startswith("netc: style volumes cannot show a: ")
    assert served.get("/picture.svg")[0] == 409


def test_options_that_a_page_cannot_follow(serve: Serve, spec: Path) -> None:
    served = serve(spec, "--fold", "three")
    status, page = served.get("/")
    assert status == 200
    assert "no block of a is called three" in page


# ---- beginning and end ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-"], 2, "standard input cannot be watched"),
        (["-:a"], 2, "standard input cannot be watched"),
        (["missing.net"], 1, "missing.net: error[E101]: cannot read the file"),
        (["{spec}", "--width", "16"], 2, "leave --width out"),
        (["{spec}", "--port", "65536"], 2, "65536"),
        (["{spec}", "--style", "nothing"], 2, "nothing"),
    ],
)
def test_what_cannot_be_served(spec: Path, arguments: list[str], code: int, message: str) -> None:
    process = start(*(argument.format(spec=spec) for argument in arguments))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert message in err
    assert "Traceback" not in err


def test_a_port_in_use_is_one_line(spec: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(spec, "--port", port)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    message = "cannot be used: Address already in use; --port 0 takes one that is free"
    assert err == f"netc: port {port}: {message}\n"


def test_an_interrupt_ends_it_at_once(serve: Serve, spec: Path) -> None:
    served = serve(spec)
    events = served.events()
    events.next()
    served.process.send_signal(signal.SIGINT)
    out, err = served.process.communicate(timeout=10)
    assert (served.process.returncode, out, err) == (0, "stopped\n", "")
