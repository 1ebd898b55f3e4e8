"""The PyTorch text an operation becomes, as data: the torch backend turns it into source."""

from __future__ import annotations

from dataclasses import field

from netcompiler.record import record

Literal = int | float | bool | str | None | tuple["Literal", ...]


@record(eq=True)
class Argument:
    """One argument of a constructor call, by torch's name; positional ones are printed without it."""

    name: str
    value: Literal
    positional: bool = False


@record(eq=True)
class ModuleCode:
    """A module constructed once and called with the layer's inputs: ``nn.Conv2d(3, 64, 7, stride=2)``.

    Attributes:
        constructor: ``nn.Conv2d``, or the name of the class that `helper` defines.
        arguments: in the order they are printed, positional ones first.
        helper: source of a class to put in the generated file once, when torch.nn has none.
    """

    constructor: str
    arguments: tuple[Argument, ...] = ()
    helper: str | None = field(default=None, repr=False)


@record(eq=True)
class ParameterCode(ModuleCode):
    """A tensor without a module around it: ``nn.Parameter(torch.zeros(1, 1, 768))``, or an ``nn.Buffer``.

    Its key in the state dict is the layer's path, with nothing after it.

    Attributes:
        initial: what it is at first; ``{}`` stands for the extents, which are the arguments.
        template: the expression that it is used in: ``{0}`` is the input and ``{1}`` the tensor; ``{0}`` is
            the tensor where there is no input.
    """

    initial: str = "torch.zeros({})"
    template: str = "{0} + {1}"


@record(eq=True)
class ExpressionCode:
    """An expression without state: ``torch.flatten({0}, 1)``; ``{0}``, ``{1}`` … stand for the inputs.

    Attributes:
        template: the expression for the inputs it names; ``{*}`` stands for all of them, comma-separated.
        inplace: a statement with the same result that overwrites input 0, such as ``{0} += {1}``;
            used only where that input is needed by nothing else.
    """

    template: str
    inplace: str | None = None


Code = ModuleCode | ExpressionCode
