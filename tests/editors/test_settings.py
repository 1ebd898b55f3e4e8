"""The settings for editors: they are well formed, and name what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import ROOT

EDITORS = ROOT / "docs" / "editors"
VSCODE = EDITORS / "vscode"
PACKAGE = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(EDITORS.rglob("*.json")), ids=lambda path: path.name)
def test_json_is_well_formed(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"))


def test_the_extension_has_the_files_that_it_names() -> None:
    contributed = PACKAGE["contributes"]
    named = [
        PACKAGE["main"],
        *(language["configuration"] for language in contributed["languages"]),
        *(grammar["path"] for grammar in contributed["grammars"]),
    ]
    assert all((VSCODE / name).is_file() for name in named)
    for grammar in contributed["grammars"]:
        text = json.loads((VSCODE / grammar["path"]).read_text(encoding="utf-8"))
        assert text["scopeName"] == grammar["scopeName"]


def test_the_extension_reads_the_settings_that_it_declares() -> None:
    program = (VSCODE / "extension.js").read_text(encoding="utf-8")
    declared = {name.removeprefix("netc.") for name in PACKAGE["contributes"]["configuration"]["properties"]}
    assert set(re.findall(r'settings\.get\("(\w+)"', program)) | {"trace.server"} == declared
    commands = {command["command"] for command in PACKAGE["contributes"]["commands"]}
    assert set(re.findall(r'registerCommand\("([\w.]+)"', program)) == commands
    assert set(re.findall(r'require\("([\w-]+)(?:/\w+)?"\)', program)) == {
        "vscode",
        *PACKAGE["dependencies"],
    }


def test_the_extension_is_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    subprocess.run([node, "--check", str(VSCODE / "extension.js")], check=True, timeout=30)


def _driven(settings: dict[str, object], *words: str) -> dict[str, Any]:
    """What the extension does in a stand-in for the editor."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    arguments = [node, Path(__file__).with_name("drive_extension.js"), VSCODE / "extension.js"]
    run = subprocess.run(
        [*arguments, json.dumps(settings), *words], check=True, timeout=30, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_the_extension_starts_the_server_and_starts_it_anew() -> None:
    done = _driven({"path": "${workspaceFolder}/.venv/bin/netc", "arguments": ["--log", "netc.log"]})
    assert len(done["clients"]) == 3  # at first, after another setting, and on command
    for client in done["clients"]:
        assert client["command"] == "/project/.venv/bin/netc"
        assert client["args"] == ["lsp", "--log", "netc.log"]
        assert client["languages"] == [{"language": PACKAGE["contributes"]["languages"][0]["id"]}]
        assert client["started"]
        assert client["stopped"]
    assert not done["errors"]


def test_the_extension_says_what_to_do_without_a_server() -> None:
    done = _driven({}, "fails")
    assert 'pip install "netcompiler[lsp]"' in done["errors"][0]
    assert done["opened"][0] == ["workbench.action.openSettings", "netc.path"]


def test_patterns_of_the_configuration() -> None:
    configuration = json.loads((VSCODE / "language-configuration.json").read_text(encoding="utf-8"))
    rules = configuration["indentationRules"]
    assert re.match(rules["increaseIndentPattern"], "  residual {  # of the input")
    assert not re.match(rules["increaseIndentPattern"], "  relu  # {")
    assert re.match(rules["decreaseIndentPattern"], "  } skip identity")
    assert re.findall(configuration["wordPattern"], "conv1: conv(0.5)") == ["conv1", "conv", "0.5"]


def test_helix_starts_the_server() -> None:
    settings = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text(encoding="utf-8"))
    (language,) = settings["language"]
    assert language["file-types"] == ["net"]
    server = settings["language-server"][language["language-servers"][0]]
    assert [server["command"], *server["args"]] == ["netc", "lsp"]
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    shown = page.partition("```toml\n")[2].partition("```")[0]
    assert tomllib.loads(shown) == settings


def test_neovim_starts_the_server() -> None:
    text = (EDITORS / "neovim" / "lsp" / "netc.lua").read_text(encoding="utf-8")
    assert 'cmd = { "netc", "lsp" }' in text
    assert 'filetypes = { "net" }' in text
