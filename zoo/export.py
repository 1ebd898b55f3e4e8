"""A net as a file for other programs, ONNX or torch.export's, compared with the module before it is kept."""

import json
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from zoo.errors import UserError
from zoo.files import written

if TYPE_CHECKING:
    import netcompiler

ALLOWED = 1e-5
"""The greatest difference allowed between a score of the file and of the module, in shares of the largest."""
BATCHES = (1, 3)
"""The random batches that are compared, where the file takes any number of images."""
MOST_ONNX = 2**31 - 2**20
"""Bytes of weights that fit into one ONNX file: its format ends at 2 GiB."""
FORMATS = (".onnx", ".pt2")


@dataclass(frozen=True)
class Exportable:
    """A net with its weights in eval mode, on the CPU, and what a file is to say of it."""

    net: "netcompiler.Net"
    module: nn.Module
    about: dict[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an image, without the batch."""
        return tuple(self.net.inputs[0].output)


@dataclass(frozen=True)
class Compared:
    """How far a file's scores are from the module's, at most, and how large scores are, at most."""

    difference: float
    largest: float

    @property
    def good(self) -> bool:
        """Whether the difference is allowed; a difference that is no number is not."""
        return self.difference <= ALLOWED * self.largest


def export(given: Exportable, path: Path, batch: int | None, opset: int | None) -> Compared:
    """Write the file, whole or not at all, and compare what it computes on random images with the module.

    ``path``'s suffix says the format. ``batch`` is how many images the file takes at a time, None for any
    number; ``opset`` is a version of ONNX's operators, None for the exporter's own.

    Raises:
        UserError: an extra is missing, the net cannot be exported, or the file computes something else.
    """
    write, run = (_write_onnx, _run_onnx) if path.suffix == ".onnx" else (_write_pt2, _run_pt2)
    with written(path) as temporary:
        with _one_line(path, temporary):
            write(given, temporary, batch, opset)
            found = _compare(given, run(temporary), (batch,) if batch else BATCHES)
        if not found.good:
            raise UserError(
                f"{path}: not written: its scores differ from the module's by {found.difference:.2g}, "
                f"of at most {found.largest:.2g}"
            )
    return found


def _write_pt2(given: Exportable, path: Path, batch: int | None, _opset: int | None) -> None:
    program = torch.export.export(given.module, (_example(given, batch),), dynamic_shapes=_dynamic(batch))
    torch.export.save(program, path, extra_files={"zoo.json": json.dumps(given.about, ensure_ascii=False)})


def _run_pt2(path: Path) -> Callable[[Tensor], Tensor]:
    module = torch.export.load(path).module()
    return lambda images: _first(module(images))


def _write_onnx(given: Exportable, path: Path, batch: int | None, opset: int | None) -> None:
    size = sum(tensor.nbytes for tensor in given.module.state_dict().values())
    if size > MOST_ONNX:
        raise UserError(f"{path}: {size / 2**30:.1f} GiB of weights; ONNX files end at 2: take .pt2")
    program = torch.onnx.export(
        given.module,
        (_example(given, batch),),
        dynamo=True,
        dynamic_shapes=_dynamic(batch),
        input_names=[given.net.inputs[0].name],
        output_names=[output.name for output in given.net.outputs if not output.training_only],
        opset_version=opset,
        verbose=False,
    )
    assert program is not None
    program.model.metadata_props["zoo"] = json.dumps(given.about, ensure_ascii=False)
    program.save(path, external_data=False)


def _run_onnx(path: Path) -> Callable[[Tensor], Tensor]:
    from onnxruntime import InferenceSession

    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: torch.from_numpy(session.run(None, {name: images.numpy()})[0])


def _compare(given: Exportable, run: Callable[[Tensor], Tensor], batches: tuple[int, ...]) -> Compared:
    generator = torch.Generator().manual_seed(0)
    apart, sizes = [], []
    for batch in batches:
        images = torch.randn(batch, *given.shape, generator=generator)
        with torch.inference_mode():
            expected = _first(given.module(images))
        scores = run(images)
        if scores.shape != expected.shape:
            raise ValueError(f"it gives {list(scores.shape)} and not {list(expected.shape)}")
        apart.append((scores - expected).abs().max())
        sizes.append(expected.abs().max())
    return Compared(float(torch.stack(apart).max()), float(torch.stack(sizes).max()))


def _example(given: Exportable, batch: int | None) -> Tensor:
    return torch.zeros(batch or 2, *given.shape)  # of one image the exporter would make a constant


def _dynamic(batch: int | None) -> Any:
    return None if batch else ({0: torch.export.Dim("batch")},)


def _first(result: Any) -> Tensor:
    output: Tensor = result[0] if isinstance(result, tuple) else result
    return output


@contextmanager
def _one_line(path: Path, temporary: Path) -> Iterator[None]:
    """What exporters and readers raise as one line, and without their asides.

    Raises:
        UserError: for any of it.
    """
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except ModuleNotFoundError as error:
        raise UserError(
            f"{path}: ONNX takes the Python package {error.name}, which is an extra: "
            "pip install 'netcompiler[export]'"
        ) from error
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        line = next((text for text in str(error).splitlines() if text.strip()), type(error).__name__)
        line = line.replace(str(temporary), str(path)).replace(temporary.name, path.name)
        raise UserError(f"{path}: the net could not be exported: {line}") from error
    finally:
        logger.setLevel(before)
