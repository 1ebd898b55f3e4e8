// Starts `netc lsp` and hands it to the editor; all that it can do is told by the server itself.

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function program(settings) {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return settings.get("path", "netc").replaceAll("${workspaceFolder}", folder);
}

async function start() {
  const settings = workspace.getConfiguration("netc");
  const command = program(settings);
  // It talks over standard input and output, which is what a program without a `transport` does.
  const server = { command, args: ["lsp", ...settings.get("arguments", [])] };
  client = new LanguageClient("netc", "netcompiler", server, {
    documentSelector: [{ language: "net" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.net") },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await window.showErrorMessage(
      `netcompiler: cannot start \`${command} lsp\`. Install it with pip install "netcompiler[lsp]", ` +
        "or say where it is.",
      "Open settings",
    );
    if (choice) await commands.executeCommand("workbench.action.openSettings", "netc.path");
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  await stop();
  await start();
}

function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("netc.restart", restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("netc.path") || event.affectsConfiguration("netc.arguments")) {
        return restart();
      }
    }),
  );
  return start();
}

module.exports = { activate, deactivate: stop };
