"""A real editor's session over stdio: one server, asked everything."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from netcompiler import pipeline
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.server import Refused, is_fault
from netcompiler.read import read_file
from tests.lsp.session import Session, applied, at

BLOCKS = """\
default conv(bias=false)

# Two convolutions with a name, and something to trip over: 🦊 ümlaut.
block unit(width, stride=1) {   # 🦊 halves the picture
  conv1: conv(width, 3, stride=stride, padding=1) -> bn1: batchnorm -> relu
  conv2: conv(width, 3, padding=1) -> bn2: batchnorm
}
"""

GOOD = """\
# A small net.
use "blocks.net": unit

net small(classes=10) {
  group a, b
  input image [3, 32, 32]
  on a {
    stem: unit(16)                # 🦊🦊
    layer1: { unit(32, stride=2) -> unit(32) } -> keep: relu
    from stem -> extra: conv(32, 1, stride=2)
    add(keep)
  }
  on b { adaptive_avgpool(1) -> flatten -> fc: linear(classes) }
}
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("specs").resolve()
    (folder / "blocks.net").write_text(BLOCKS, encoding="utf-8")
    (folder / "main.net").write_text(GOOD, encoding="utf-8")
    session = Session(folder)
    yield session
    assert session.end() == 0


@pytest.fixture(scope="module")
def main(session: Session) -> str:
    """The good text, checked."""
    uri = session.open("main.net")
    session.checked(uri, lambda found: not found)
    return uri


def ask(session: Session, method: str, kind: type, uri: str, position: types.Position, **more: object):
    return session.ask(method, kind(**session.place(uri, position), **more))


def test_wrong_text_is_told_and_mended_text_is_fine(session: Session) -> None:
    wrong = GOOD.replace("conv(32, 1", "conf(32, 1")
    uri = session.open("typed.net", wrong)
    (found,) = session.checked(uri, bool)
    assert (found.code, found.severity) == ("E201", types.DiagnosticSeverity.Error)
    assert found.range == types.Range(at(wrong, "conf(32"), at(wrong, "conf(32", 4))
    assert "did you mean `conv`?" in found.message
    version = session.write(uri, GOOD.replace("conv(32, 1", "conv(32 1"))
    (found,) = session.wait_for(uri, lambda d: bool(d) and d[0].code != "E201", version)
    assert found.range.start.line == at(wrong, "conf(32").line
    version = session.write(uri, GOOD)
    assert session.wait_for(uri, lambda d: not d, version) == []
    session.close(uri)


def test_quick_fix_is_what_the_message_says(session: Session) -> None:
    right = GOOD.replace("conv(32, 1, stride=2)", "conv(32, 1, stride=2, bias=false)")
    wrong = right.replace("bias=", "bais=")
    uri = session.open("fixed.net", wrong)
    (found,) = session.checked(uri, bool)
    actions = session.ask(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri), found.range, types.CodeActionContext([found])
        ),
    )
    (action,) = actions
    assert action.title == "Replace with `bias`"
    assert applied(wrong, action.edit.changes[uri]) == right
    session.close(uri)


def test_places_count_in_utf_16(session: Session) -> None:
    odd = 'unit(16) -> conv(16, 1, padding_mode="🦊🦊") -> wrong -> relu  # 🦊'
    text = GOOD.replace("unit(16)                # 🦊🦊", odd)
    uri = session.open("units.net", text)
    found = session.checked(uri, bool)
    assert [d.range.start for d in found] == [at(text, "padding_mode"), at(text, "wrong")]
    session.close(uri)


def test_a_file_changed_on_the_disk_is_read_again(session: Session, main: str) -> None:
    assert session.registered == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    path = session.folder / "blocks.net"
    changed = types.FileEvent(session.uri("blocks.net"), types.FileChangeType.Changed)

    def write(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        told = types.DidChangeWatchedFilesParams([changed])
        session.tell(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, told)

    write(BLOCKS.replace("block unit(", "block units("))
    assert {d.code for d in session.wait_for(main, bool)} == {"E201"}
    write(BLOCKS)
    session.wait_for(main, lambda found: not found)


def test_hover_tells_an_operation_and_what_it_gives(session: Session, main: str) -> None:
    found = ask(session, types.TEXT_DOCUMENT_HOVER, types.HoverParams, main, at(GOOD, "linear(classes"))
    text = found.contents.value
    assert "linear(out_features, bias=true" in text
    assert "`[32]` → `[10]`" in text
    assert "330 parameters" in text
    assert "320 MACs" in text
    assert found.range == types.Range(at(GOOD, "linear(classes"), at(GOOD, "linear(classes", 6))


def test_hover_tells_a_block_of_another_file_with_its_comment(session: Session, main: str) -> None:
    found = ask(session, types.TEXT_DOCUMENT_HOVER, types.HoverParams, main, at(GOOD, "unit(16)"))
    assert "block unit(width, stride=1)" in found.contents.value
    assert "Two convolutions with a name" in found.contents.value
    assert "`[3, 32, 32]` → `[16, 32, 32]`" in found.contents.value


def test_completion_offers_arguments_labels_and_groups(session: Session, main: str) -> None:
    def labels(mark: str, after: int) -> dict[str, types.CompletionItem]:
        position = at(GOOD, mark, after)
        found = ask(session, types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams, main, position)
        return {item.label: item for item in found.items}

    arguments = labels("unit(32, stride=2)", len("unit(32, st"))
    assert arguments["stride="].detail == "= 1"
    assert "width=" not in arguments
    assert {"stem", "layer1"} <= labels("from stem", len("from st")).keys()
    assert labels("on b {", 4).keys() == {"a", "b"}
    steps = labels("-> flatten", len("-> fl"))
    assert {"flatten", "conv", "unit", "residual"} <= steps.keys()
    resolved = session.ask(types.COMPLETION_ITEM_RESOLVE, steps["flatten"])
    assert "flatten(start_dim=1" in resolved.documentation.value


def test_completion_in_text_that_is_half_typed(session: Session) -> None:
    text = GOOD.replace("add(keep)", "add(ke\n    conv(16, pa")
    uri = session.open("half.net", text)
    found = ask(
        session, types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams, uri, at(text, "conv(16, pa", 11)
    )
    assert {"padding=", "padding_mode="} <= {item.label for item in found.items}
    session.close(uri)


def test_completion_in_use_lines(session: Session) -> None:
    def labels(text: str) -> set[str]:
        uri = session.open("using.net", text)
        end = types.Position(0, len(text))
        found = ask(session, types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams, uri, end)
        session.close(uri)
        return {item.label for item in found.items}

    assert labels('use "bl') == {"blocks.net", "main.net"}
    assert labels('use "blocks.net": u') == {"unit"}
    assert labels('use "nowhere.net": u') == set()


def test_signature_help_marks_the_argument(session: Session, main: str) -> None:
    position = at(GOOD, "unit(32, stride=2)", len("unit(32, stride="))
    found = ask(session, types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpParams, main, position)
    assert found.signatures[0].label == "unit(width, stride=1)"
    assert found.active_parameter == 1


def test_definition_lies_in_the_used_file(session: Session, main: str) -> None:
    (place,) = ask(
        session, types.TEXT_DOCUMENT_DEFINITION, types.DefinitionParams, main, at(GOOD, "unit(16)")
    )
    assert place.uri == session.uri("blocks.net")
    assert place.range.start == at(BLOCKS, "unit(width")
    (place,) = ask(
        session, types.TEXT_DOCUMENT_DEFINITION, types.DefinitionParams, main, at(GOOD, "stride=2) ->")
    )
    assert place.range.start == at(BLOCKS, "stride=1")


def test_references_and_highlights(session: Session, main: str) -> None:
    uri = session.open("blocks.net")
    found = ask(
        session,
        types.TEXT_DOCUMENT_REFERENCES,
        types.ReferenceParams,
        uri,
        at(BLOCKS, "unit(width"),
        context=types.ReferenceContext(include_declaration=True),
    )
    assert sorted((p.uri.rpartition("/")[2], p.range.start.line) for p in found) == [
        ("blocks.net", 3),
        ("main.net", 1),
        ("main.net", 7),
        ("main.net", 8),
        ("main.net", 8),
    ]
    marked = ask(
        session,
        types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT,
        types.DocumentHighlightParams,
        main,
        at(GOOD, "keep)"),
    )
    assert [m.range.start for m in marked] == [at(GOOD, "keep: "), at(GOOD, "keep)")]
    session.close(uri)


def test_a_renamed_block_checks_in_all_files(session: Session, main: str, tmp_path: Path) -> None:
    place = session.place(main, at(GOOD, "unit(16)"))
    asked = session.ask(types.TEXT_DOCUMENT_PREPARE_RENAME, types.PrepareRenameParams(**place))
    assert asked == types.Range(at(GOOD, "unit(16)"), at(GOOD, "unit(16)", 4))
    edit = session.ask(types.TEXT_DOCUMENT_RENAME, types.RenameParams(**place, new_name="pair"))
    assert edit.changes.keys() == {main, session.uri("blocks.net")}
    for name, text in (("main.net", GOOD), ("blocks.net", BLOCKS)):
        new = applied(text, edit.changes[session.uri(name)])
        assert "unit" not in new
        (tmp_path / name).write_text(new, encoding="utf-8")
    assert pipeline.check(read_file(tmp_path / "main.net", DEFAULT_LIMITS), DEFAULT_LIMITS, {}) == []


@pytest.mark.parametrize(
    ("mark", "name", "why"),
    [
        ("unit(16)", "2x", "not a name"),
        ("unit(16)", "residual", "word of the language"),
        ("unit(16)", "conv", "is an operation"),
        ("keep: ", "stem", "something else"),
        ("keep: ", "train", "torch.nn.Module"),
        ("flatten ->", "x", "language's own"),
    ],
)
def test_rename_is_refused_with_the_reason(
    session: Session, main: str, mark: str, name: str, why: str
) -> None:
    with pytest.raises(JsonRpcException, match=why):
        session.ask(
            types.TEXT_DOCUMENT_RENAME,
            types.RenameParams(**session.place(main, at(GOOD, mark)), new_name=name),
        )


def test_a_refusal_is_no_fault_for_the_log() -> None:
    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord("pygls", logging.ERROR, "", 0, "failed", (), (type(error), error, None))

    assert not is_fault(record(Refused("it is taken")))
    assert is_fault(record(ValueError("a fault")))


def test_outline_folding_and_search(session: Session, main: str) -> None:
    document = types.TextDocumentIdentifier(main)
    (net,) = session.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(document))
    assert (net.name, net.detail) == ("small", "(classes=10)")
    assert [child.name for child in net.children] == ["image", "stem", "layer1", "keep", "extra", "fc"]
    folds = session.ask(types.TEXT_DOCUMENT_FOLDING_RANGE, types.FoldingRangeParams(document))
    assert {(fold.start_line, fold.end_line) for fold in folds} == {(3, 12), (6, 10)}
    found = session.ask(types.WORKSPACE_SYMBOL, types.WorkspaceSymbolParams("unt"))
    assert [(symbol.name, symbol.location.uri) for symbol in found] == [("unit", session.uri("blocks.net"))]


def test_hints_have_the_shapes_and_the_costs(session: Session, main: str) -> None:
    everything = types.Range(types.Position(0, 0), types.Position(100, 0))
    found = session.ask(
        types.TEXT_DOCUMENT_INLAY_HINT,
        types.InlayHintParams(types.TextDocumentIdentifier(main), everything),
    )
    shown = {hint.position.line: hint.label for hint in found}
    lines = GOOD.split("\n")
    at_text = {lines[number].strip().split()[0]: label for number, label in shown.items()}
    assert at_text["stem:"] == "[16, 32, 32]"
    assert at_text["layer1:"] == "[32, 16, 16]"
    assert at_text["add(keep)"] == "[32, 16, 16]"
    assert shown[12] == "[10]"
    assert shown[3].endswith("MACs")
    fox = next(hint for hint in found if hint.label == "[16, 32, 32]")
    assert fox.position == at(GOOD, "🦊🦊", 2)


def test_words_are_coloured_by_meaning(session: Session, main: str) -> None:
    legend = session.answer.capabilities.semantic_tokens_provider.legend
    packed = session.ask(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.SemanticTokensParams(types.TextDocumentIdentifier(main)),
    ).data
    lines = GOOD.split("\n")
    line = column = 0
    words = set()
    for number in range(0, len(packed), 5):
        down, right, length, kind, _ = packed[number : number + 5]
        line, column = line + down, right if down else column + right
        units = lines[line].encode("utf-16-le")[2 * column : 2 * (column + length)]
        words.add((units.decode("utf-16-le"), legend.token_types[kind]))
    assert {
        ("net", "keyword"),
        ("small", "class"),
        ("unit", "class"),
        ("classes", "parameter"),
        ("stem", "property"),
        ("conv", "function"),
        ("stride", "parameter"),
        ("a", "namespace"),
        ("32", "number"),
        ("# 🦊🦊", "comment"),
    } <= words


def test_formatting_gives_the_one_form(session: Session) -> None:
    text = GOOD.replace("from stem ->", "from   stem   ->")
    uri = session.open("untidy.net", text)
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    asked = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), options)
    edits = session.ask(types.TEXT_DOCUMENT_FORMATTING, asked)
    assert "from stem -> extra" in applied(text, edits)
    session.write(uri, "net broken {")
    assert session.ask(types.TEXT_DOCUMENT_FORMATTING, asked) == ()
    session.close(uri)


def test_a_file_that_uses_an_unsaved_text_sees_it(session: Session, main: str) -> None:
    uri = session.open("blocks.net")
    session.write(uri, BLOCKS.replace("block unit(width, ", "block unit(width, depth, "))
    found = session.wait_for(main, bool)
    assert {d.code for d in found} == {"E203"}
    assert any(related.location.uri == uri for d in found for related in d.related_information or ()) or all(
        "needs `depth`" in d.message for d in found
    )
    session.write(uri, BLOCKS)
    session.wait_for(main, lambda d: not d)
    session.close(uri)


def test_fast_typing_ends_with_what_the_last_text_is(session: Session) -> None:
    uri = session.open("fast.net", GOOD)
    for number in range(60):
        version = session.write(uri, GOOD.replace("linear(classes)", f"linear(classes{number})"))
    found = session.wait_for(uri, lambda d: any("classes59" in one.message for one in d), version)
    assert {one.code for one in found} == {"E201"}
    session.close(uri)


@pytest.mark.parametrize(
    "text",
    ["", "\n", "{", '"', "net", "\x00\ud7ff🦊", "net a {" * 3000, "(" * 100_000, "net a = a\n" * 2000],
    ids=["empty", "line", "brace", "quote", "word", "odd", "nets", "brackets", "variants"],
)
def test_hostile_text_is_answered(session: Session, text: str) -> None:
    uri = session.open("hostile.net", text)
    position = types.Position(0, min(3, len(text)))
    document = types.TextDocumentIdentifier(uri)
    ask(session, types.TEXT_DOCUMENT_HOVER, types.HoverParams, uri, position)
    ask(session, types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams, uri, position)
    session.ask(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, types.SemanticTokensParams(document))
    session.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(document))
    session.checked(uri, lambda _found: True)
    session.close(uri)
    assert session.messages == []


def test_a_question_about_nothing_is_answered_with_nothing(session: Session) -> None:
    nowhere = session.uri("nowhere.net")
    assert ask(session, types.TEXT_DOCUMENT_HOVER, types.HoverParams, nowhere, types.Position(9, 9)) is None


def test_without_the_extra_one_line_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['pygls'] = None; sys.argv = ['netc', 'lsp']\n"
        "from netcompiler.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "Error: the language server needs pygls: pip install 'netcompiler[lsp]'"
