"""The numbered senses of a word: WordNet's ``index.noun``."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zoo.errors import UserError


def plain(word: str) -> str:
    """A word in the form that words are compared in: small letters, spaces for underscores."""
    return " ".join(word.replace("_", " ").lower().split())


@dataclass(frozen=True)
class Senses:
    """The file ``index.noun``, read when the first word is asked for."""

    path: Path

    def of(self, word: str) -> tuple[str, ...]:
        """The synsets of a word as wnids, sense 1 first; empty where it is no noun of WordNet.

        A line is ``lemma pos synset_cnt p_cnt [ptr_symbol...] sense_cnt tagsense_cnt synset_offset...``
        (wndb(5WN)), with ``synset_cnt`` offsets.

        Raises:
            UserError: the file cannot be read.
        """
        key = b"\n" + plain(word).replace(" ", "_").encode() + b" "
        at = self._text.find(key)
        if at < 0:
            return ()
        fields = self._text[at + 1 : self._text.index(b"\n", at + 1)].decode().split()
        return tuple(f"n{offset}" for offset in fields[-int(fields[2]) :])

    @cached_property
    def _text(self) -> bytes:
        try:
            return self.path.read_bytes() + b"\n"
        except OSError as error:
            raise UserError(f"{self.path}: cannot be read: {error.strerror}") from error
