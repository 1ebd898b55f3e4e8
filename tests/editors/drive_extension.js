// Runs the extension of VS Code with stand-ins for the editor and its client library, and prints what it does.

const Module = require("module");

const told = { clients: [], errors: [], opened: [], commands: {}, listeners: [] };
const settings = JSON.parse(process.argv[3]);
const fails = process.argv[4] === "fails";

class LanguageClient {
  constructor(id, name, server, options) {
    Object.assign(this, { server, state: "made" });
    told.clients.push({ command: server.command, args: server.args, languages: options.documentSelector });
  }
  async start() {
    if (fails) throw new Error("ENOENT");
    told.clients.at(-1).started = true;
  }
  async stop() {
    told.clients.find((client) => client.command === this.server.command && !client.stopped).stopped = true;
  }
}

const vscode = {
  commands: {
    registerCommand: (name, run) => {
      told.commands[name] = run;
      return { dispose() {} };
    },
    executeCommand: async (...words) => told.opened.push(words),
  },
  window: {
    showErrorMessage: async (text, button) => {
      told.errors.push(text);
      return button;
    },
  },
  workspace: {
    workspaceFolders: [{ uri: { fsPath: "/project" } }],
    getConfiguration: () => ({ get: (name, other) => settings[name] ?? other }),
    createFileSystemWatcher: () => ({}),
    onDidChangeConfiguration: (run) => {
      told.listeners.push(run);
      return { dispose() {} };
    },
  },
};

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") return { LanguageClient };
  return load(name, ...rest);
};

(async () => {
  const extension = require(process.argv[2]);
  await extension.activate({ subscriptions: [] });
  for (const [section, expected] of [["editor.tabSize", 1], ["netc.path", 2]]) {
    await told.listeners[0]({ affectsConfiguration: (name) => name === section });
    if (!fails && told.clients.length !== expected) throw new Error(`${section}: ${told.clients.length} clients`);
  }
  await told.commands["netc.restart"]();
  await extension.deactivate();
  console.log(JSON.stringify({ ...told, commands: Object.keys(told.commands), listeners: undefined }));
})();
