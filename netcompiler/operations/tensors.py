"""Sources: tensors that depend on no input. All samples of a batch share them."""

from __future__ import annotations

from math import prod

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import boolean, extents, integers
from netcompiler.operations.base import Call, Operation, Parameter, Shape, ShapeError, register


@register
class LearnedTensor(Operation):
    """A learned tensor by itself: torch.nn.Parameter."""

    name = "parameter"
    kind = "embedding"
    doc = "A learned tensor, 0 at first unless `init` says otherwise."
    parameters = (Parameter("shape", integers(1), doc="its shape"), rules.INIT)
    bare = True
    source = True

    def shape(self, call: Call) -> Shape:
        if not call.args["shape"]:
            raise ShapeError("E205", "`shape` needs at least one extent")
        rules.check_initializers(self, call)
        return call.wholes("shape")

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": call.wholes("shape")}

    def code(self, call: Call) -> Code:
        return rules.parameter(call.wholes("shape"), "{0}.unsqueeze(0)")


_WINDOW = Parameter("window_size", extents(1), doc="height and width of the window")


class _Relative(Operation):
    kind = "embedding"
    bare = True
    source = True

    def _window(self, call: Call) -> tuple[int, int]:
        height, width = call.extents("window_size", 2)
        return height, width


_POSITION_INDEX = '''
def relative_position_index(height: int, width: int) -> Tensor:
    """For each two tokens of a window, a number for how far apart they are, down and to the right."""
    places = torch.cartesian_prod(torch.arange(height), torch.arange(width))
    down, right = (places[:, None] - places).unbind(-1)
    return (down + height - 1) * (2 * width - 1) + right + width - 1
'''


@register
class RelativePositionIndex(_Relative):
    """Numbers of the relative positions of a window's tokens (Swin; Liu et al., 2021): saved, not learned.

    Of a window of ``h × w`` tokens, 0 to ``(2h - 1) * (2w - 1) - 1``: rows of a table of position biases,
    from which `index_select` takes them.
    """

    name = "relative_position_index"
    doc = "For each two tokens of a window, the number of their relative position."
    parameters = (
        _WINDOW,
        Parameter("flat", boolean(), True, "one row of all pairs; otherwise a row for each token"),
    )

    def shape(self, call: Call) -> Shape:
        tokens = prod(self._window(call))
        return (tokens * tokens,) if call.flag("flat") else (tokens, tokens)

    def buffers(self, call: Call) -> dict[str, Shape]:
        return {"weight": self.shape(call)}

    def code(self, call: Call) -> Code:
        initial = "relative_position_index({})" + (".flatten()" if call.flag("flat") else "")
        return rules.buffer(self._window(call), initial, _POSITION_INDEX, "{0}.unsqueeze(0)")

    def label(self, call: Call) -> str:
        return f"position index, {rules.by(self._window(call))}"


_RELATIVE_COORDINATES = '''
def relative_coords_table(height: int, width: int) -> Tensor:
    """All relative positions of a window, down and to the right, on a logarithmic scale from -1 to 1."""
    down, right = (torch.arange(1.0 - size, size) * 8 / max(size - 1, 1) for size in (height, width))
    table = torch.stack(torch.meshgrid(down, right, indexing="ij"), -1).unsqueeze(0)
    return torch.sign(table) * torch.log2(torch.abs(table) + 1.0) / 3.0
'''


@register
class RelativeCoordsTable(_Relative):
    """Relative positions as coordinates for a small net that gives their biases (Swin V2; Liu et al., 2022).

    Each is divided by the largest, multiplied by 8, and becomes ``sign(x) log2(1 + |x|) / 3``. The order is
    that of `relative_position_index`. Saved, not learned.
    """

    name = "relative_coords_table"
    doc = "The relative positions in a window, down and to the right, on a logarithmic scale from -1 to 1."
    parameters = (_WINDOW,)

    def shape(self, call: Call) -> Shape:
        height, width = self._window(call)
        return (2 * height - 1, 2 * width - 1, 2)

    def buffers(self, call: Call) -> dict[str, Shape]:
        return {"weight": (1, *self.shape(call))}

    def code(self, call: Call) -> Code:
        initial = "relative_coords_table({})"
        return rules.buffer(self._window(call), initial, _RELATIVE_COORDINATES, "{0}")

    def label(self, call: Call) -> str:
        return f"relative positions, {rules.by(self._window(call))}"
