"""The words of the language, by what they are, read from where they are declared: for what colours specs.

An operation, function or initialiser that is added is in its list by itself; a new keyword that is in no
family below is a `STATEMENTS` word.
"""

from __future__ import annotations

import netcompiler.operations  # noqa: F401  (registers every operation)
from netcompiler.elaborate.functions import FUNCTIONS
from netcompiler.elaborate.words import WORDS
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.parse.kinds import KEYWORDS

CONSTANTS = tuple(word for word in KEYWORDS if word in {"true", "false", "none"})
"""Values."""

OPERATORS = tuple(word for word in KEYWORDS if word in {"and", "or", "not"})
"""Operators that are words."""

DEFINING = tuple(word for word in KEYWORDS if word in {"net", "block"})
"""What begins a definition; a name follows, and perhaps parameters."""

DECLARING = tuple(word for word in KEYWORDS if word in {"let", "group", "input", "output", "default", "use"})
"""What begins a line that declares something."""

STATEMENTS = tuple(
    word for word in KEYWORDS if word not in {*CONSTANTS, *OPERATORS, *DEFINING, *DECLARING, "in"}
)
"""What steers the flow of values: ``if``, ``for``, ``from``, ``residual`` …"""

STEPS = tuple(sorted(WORDS))
"""Steps that are words of the language and no operations: ``reuse``, ``exchange`` …"""

STEP_OPERATIONS = tuple(sorted(OPERATIONS.keys() - WORDS.keys() - set(KEYWORDS)))
"""Operations that a step can name."""

CALLED_FUNCTIONS = tuple(sorted(FUNCTIONS))
"""Functions of expressions."""

INITIALISERS = tuple(sorted(INITIALIZERS))
"""Initialisers of weights."""
