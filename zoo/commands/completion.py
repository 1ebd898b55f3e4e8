"""``zoo completion``: print a script that makes the shell complete zoo's commands, groups and options."""

import sys
from collections.abc import Iterable, Sequence

from zoo import commands
from zoo.errors import UserError
from zoo.suggest import hint

HELP = """\
usage: zoo completion bash|zsh|fish

Print a script for the shell to read when it starts:

  bash   echo 'source <(zoo completion bash)' >> ~/.bashrc
  zsh    echo 'source <(zoo completion zsh)' >> ~/.zshrc       after compinit
  fish   zoo completion fish > ~/.config/fish/completions/zoo.fish
"""

# Bash takes `=` and `:` for ends of words, unless told otherwise: what stands before the last one is cut off.
BASH = r"""_zoo() {
    local line=${COMP_LINE:0:COMP_POINT} word=${COMP_LINE:0:COMP_POINT}
    word=${word##* }
    local IFS=$'\n' own=${word%"${word##*[=:]}"}
    COMPREPLY=($(zoo completion words "$line" 2>/dev/null))
    COMPREPLY=("${COMPREPLY[@]#"$own"}")
    [[ ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace
}
complete -o default -F _zoo zoo
"""

ZSH = r"""_zoo() {
    local -a found
    found=("${(@f)$(zoo completion words "${LBUFFER}" 2>/dev/null)}")
    compadd -S '' -- ${(M)found:#*[=.]}
    compadd -- ${found:#*[=.]}
    (( ${#found[1]} )) || _files
}
compdef _zoo zoo
"""

FISH = r"""function __zoo_words
    zoo completion words (commandline --cut-at-cursor) 2>/dev/null
end
complete --command zoo --arguments '(__zoo_words)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def run(arguments: Sequence[str]) -> int:
    """Print a shell's script; or, for the scripts, ``words LINE``: what the line's last word can become."""
    if list(arguments[:1]) == ["words"] and len(arguments) == 2:
        sys.stdout.writelines(f"{word}\n" for word in _words(arguments[1]))
        return 0
    if len(arguments) != 1 or arguments[0] in {"-h", "--help"}:
        (sys.stdout if arguments else sys.stderr).write(HELP)
        return 0 if arguments else 2
    if arguments[0] not in SCRIPTS:
        raise UserError(f"completion for {arguments[0]}: not known; {hint(arguments[0], SCRIPTS)}")
    sys.stdout.write(SCRIPTS[arguments[0]])
    return 0


def complete(words: Sequence[str], _start: str) -> Iterable[str]:
    """The shells."""
    return [] if words else SCRIPTS


def _words(line: str) -> list[str]:
    parts = line.split(" ")
    words = [part for part in parts[1:-1] if part]
    return commands.complete(words, parts[-1])
