-- `vim.lsp.enable("netc")` starts the language server for specs (Neovim 0.11 and newer).
return {
  cmd = { "netc", "lsp" },
  filetypes = { "net" },
  root_markers = { "pyproject.toml", ".git" },
}
