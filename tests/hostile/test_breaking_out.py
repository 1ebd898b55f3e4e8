"""Text of a spec stays text in whatever is made of it: a hostile net gives what a harmless one gives."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pygraphviz
import pytest

from netcompiler import Net, SpecError, compare, figure, loads
from tests.hostile.evil import TEXTS, spec

HARMLESS = "a net of mine"


@pytest.fixture(scope="module", params=TEXTS)
def hostile(request) -> Net:
    return loads(spec(TEXTS[request.param]))


@pytest.fixture(scope="module")
def harmless() -> Net:
    return loads(spec(HARMLESS))


# ---- Python --------------------------------------------------------------------------------------


def program(source: str) -> str:
    """What Python sees of a source, strings left out."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def test_python(hostile: Net, harmless: Net) -> None:
    assert program(hostile.source()) == program(harmless.source())
    assert not set(hostile.source()) & set("\x00\x1b\r\x0b\x0c\x85\u2028\u2029\u202e\u2066\u200b")


# ---- pictures ------------------------------------------------------------------------------------


def test_dot(hostile: Net, harmless: Net) -> None:
    assert graph(draw(hostile, "dot")) == graph(draw(harmless, "dot"))


def graph(dot: bytes) -> tuple[object, ...]:
    """What a parser finds in DOT: nodes, edges and the names of all attributes."""
    parsed = pygraphviz.AGraph(string=dot.decode())
    attributes = {name for item in [*parsed.nodes(), *parsed.edges()] for name in item.attr}
    assert not attributes & {
        "URL",
        "href",
        "edgeURL",
        "image",
        "shapefile",
        "target",
        "imagepath",
        "fontpath",
    }
    return parsed.nodes(), parsed.edges(), sorted(attributes), sorted(parsed.graph_attr.keys())


TAGS = {"svg", "style", "g", "title", "a", "path", "polygon", "text", "ellipse", "polyline"}


@pytest.mark.parametrize("style", ["paper", "table", "traffic", "volumes"])
@pytest.mark.parametrize("name", ["svg", "dot", "terminal"])
def test_other_styles(name: str, style: str) -> None:
    harmless_svg(draw(loads(spec(TEXTS[name])), "svg", style=style))


def test_svg(hostile: Net) -> None:
    harmless_svg(draw(hostile, "svg"))


def harmless_svg(svg: bytes) -> None:
    root = ET.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= TAGS
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on")
            assert not key.lower().endswith(("href", "}base"))
            assert not re.search(r"url\(|@import|expression", value)


def test_tex(hostile: Net, harmless: Net) -> None:
    mine, theirs = (draw(net, "tex").decode() for net in (hostile, harmless))
    texts = {"textbackslash", "textasciicircum", "textless", "textgreater", "textbar", "textasciigrave"}
    texts |= {"ifdefined", "else", "fi", "Umathchar", "dots", "i", "r", *"{}$&#%_"}
    assert set(commands(mine)) - set(commands(theirs)) <= texts
    assert "^^" not in mine
    plain = re.sub(r"\\\\|\\[{}]", "", mine)
    assert plain.count("{") == plain.count("}")


def commands(tex: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"\\([A-Za-z]+|.)", tex))


def draw(net: Net, format: str, **options: object) -> bytes:
    return figure(net, **options).render(format)


# ---- pages ---------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page, with the names of their attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[object, ...]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, *sorted(name for name, _ in attrs)))

    def handle_endtag(self, tag) -> None:
        self.tags.append(("/" + tag,))


def test_html(hostile: Net, harmless: Net) -> None:
    pages = [draw(net, "html").decode() for net in (hostile, harmless)]
    assert Tags(pages[0]).tags == Tags(pages[1]).tags
    for opening in ("<script", "</script", "<!--", "-->"):
        assert pages[0].lower().count(opening) == pages[1].lower().count(opening)


def test_markdown(hostile: Net, harmless: Net) -> None:
    mine, theirs = (draw(net, "md", style="table").decode().splitlines() for net in (hostile, harmless))
    assert [cells(line) for line in mine] == [cells(line) for line in theirs]
    assert "](" not in "".join(mine)
    assert "<" not in re.sub(r"\\<|&lt;|<br>", "", "".join(mine))


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


# ---- text ----------------------------------------------------------------------------------------


def steering(text: str) -> set[str]:
    """The characters that steer a terminal or turn text around."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def test_tables(hostile: Net, harmless: Net) -> None:
    assert not steering(hostile.summary())
    lines = (net.summary().partition("\n\n")[2].count("\n") for net in (hostile, harmless))
    assert len(set(lines)) == 1
    assert json.loads(json.dumps(hostile.plain()))
    found = compare(hostile, harmless)
    assert not steering(found.text())
    assert json.loads(json.dumps(found.plain()))


def test_expanded(hostile: Net) -> None:
    again = loads(hostile.expand())
    assert again.title == hostile.title
    assert again.expand() == hostile.expand()


@pytest.mark.parametrize("name", TEXTS)
def test_messages(name: str) -> None:
    text = spec(TEXTS[name]).replace("conv(width, 1) ->", "conv(note, 1, padding=note) -> maxpool(note) ->")
    with pytest.raises(SpecError) as error:
        loads(text)
    assert not steering(str(error.value))
    for diagnostic in error.value.diagnostics:
        assert len(diagnostic.to_github().splitlines()) == 1
        assert not steering(diagnostic.to_github())
        assert json.loads(json.dumps(diagnostic.to_json()))["code"] == diagnostic.code
