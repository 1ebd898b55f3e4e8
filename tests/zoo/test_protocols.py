"""What nets are shown of an image, and how what they say is averaged."""

import json
from collections.abc import Callable
from math import exp
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from zoo import panel, trained
from zoo.data.arrays import ArraySplit
from zoo.images.picture import Pixels
from zoo.protocols import PROTOCOLS
from zoo.protocols.base import LOGITS, PROBABILITIES, ProtocolOptions
from zoo.protocols.tencrop import five
from zoo.scores import mean

CPU = torch.device("cpu")


def options(name: str, **values: object) -> ProtocolOptions:
    found = PROTOCOLS.entries[name].options(name=name, **values)
    assert isinstance(found, ProtocolOptions)
    return found


def coordinates(height: int, width: int) -> Pixels:
    """Each pixel says its row and its column."""
    rows, columns = np.mgrid[:height, :width]
    return Pixels(np.stack([rows, columns, 0 * rows], 2).astype(np.uint8))


def asked(weights: Path, split: ArraySplit, protocol: ProtocolOptions, batch_size: int = 4) -> Tensor:
    """Every image's answer, in logits of float32."""
    found: list[Tensor] = []
    nets = panel.assemble([weights], protocol, "fp32", batch_size, CPU)
    panel.ask(nets, split, batch_size, 0, lambda _, logits: found.append(logits.clone()))
    return torch.cat(found)


@pytest.fixture(scope="module")
def images() -> ArraySplit:
    """Seven grey images of 11×13, larger than the 8×8 that the net of ``run`` takes."""
    pixels = np.random.default_rng(0).integers(0, 256, (7, 11, 13, 1), dtype=np.uint8)
    return ArraySplit(pixels, [0, 1, 2, 3, 4, 5, 6])


class TestViews:
    """Pixels."""

    def test_ten_crops_are_corners_and_the_middle(self) -> None:
        way = PROTOCOLS.build(options("10crop", square=False), 224, 0.875)
        views = way.views(coordinates(256, 256))
        assert way.shows.flips
        places = [tuple(int(view[channel, 0, 0]) for channel in (0, 1)) for view in views]
        assert places == [(0, 0), (0, 32), (32, 0), (32, 32), (16, 16)]
        assert all(view.shape == (3, 224, 224) for view in views)

    def test_corners_are_of_the_central_square_or_of_all(self) -> None:
        assert five(256, 400, 0.875, square=True)[0] == (0, 72, 224, 224)
        assert five(256, 400, 0.875, square=True)[3] == (32, 104, 224, 224)
        assert five(256, 400, 0.875, square=False)[1] == (0, 176, 224, 224)
        assert five(512, 400, 0.875, square=False)[4] == (81, 25, 350, 350)

    def test_multiscale_takes_the_whole_image_at_the_scales_of_the_paper(self) -> None:
        way = PROTOCOLS.build(options("multiscale"), 224, 0.875)
        views = way.views(coordinates(100, 150))
        assert [view.shape[1:] for view in views] == [
            (224, 336), (256, 384), (384, 576), (480, 720), (640, 960),
        ]  # fmt: skip

    def test_scales_are_in_proportion_to_the_net(self) -> None:
        small = PROTOCOLS.build(options("multiscale"), 32, 1.0)
        assert [min(view.shape[1:]) for view in small.views(coordinates(40, 30))] == [32, 37, 55, 69, 91]
        given = PROTOCOLS.build(options("multiscale", scales=(40, 50)), 32, 1.0)
        assert len(given.views(coordinates(40, 30))) == 2
        one = PROTOCOLS.build(options("dense"), 224, 0.875)
        assert one.views(coordinates(300, 200))[0].shape == (3, 384, 256)


class TestMeans:
    """By hand: two views, of which one is certain."""

    LOGITS_OF_TWO = torch.tensor([[[0.0, 0.0], [0.0, 4.0]]])

    def test_of_logits(self) -> None:
        assert mean(self.LOGITS_OF_TWO, LOGITS).tolist() == [[0.0, 2.0]]

    def test_of_probabilities(self) -> None:
        second = 1 / (1 + exp(-4.0))
        found = mean(self.LOGITS_OF_TWO, PROBABILITIES).softmax(1)[0].tolist()
        assert found == pytest.approx([(0.5 + 1 - second) / 2, (0.5 + second) / 2])

    def test_of_one_is_itself(self) -> None:
        one = torch.randn(3, 1, 5)
        assert torch.equal(mean(one, PROBABILITIES), one[:, 0])


class TestAnswers:
    """What a trained net says, against torch by hand."""

    def test_ten_crops(self, run: Path, images: ArraySplit) -> None:
        net = trained.classifier(trained.load(run / "best.safetensors", CPU), "fp32")
        way = PROTOCOLS.build(options("10crop"), 8, net.trained.about.centre)
        for index, got in enumerate(asked(run / "best.safetensors", images, options("10crop"))):
            views = torch.stack(way.views(images.picture(index)))
            both = torch.cat([views, views.flip(3)])
            assert got.softmax(0).numpy() == pytest.approx(net.probabilities(both).mean(0).numpy(), abs=1e-6)

    def test_dense_is_the_mean_over_sliding_windows(
        self, tmp_path: Path, images: ArraySplit, run: Path
    ) -> None:
        """The small net has padding, so its windows see zeros where the dense net sees pixels: without it."""
        from safetensors.torch import load_file, save_file

        from zoo import checkpoint

        path, about = tmp_path / "a.safetensors", checkpoint.about(run / "best.safetensors")
        spec = about["spec"].replace(", padding=1", "")
        weights = load_file(run / "best.safetensors")
        weights["fc.weight"] = weights["fc.weight"][:, : 8 * 9].contiguous()
        save_file(weights, path, {"zoo": json.dumps({**about, "spec": spec})})
        net = trained.classifier(trained.load(path, CPU), "fp32")
        got = asked(path, images, options("dense", scale=10, positions=PROBABILITIES, average=PROBABILITIES))
        way = PROTOCOLS.build(options("dense", scale=10), 8, 1.0)
        for index in range(len(images.labels)):
            whole = way.views(images.picture(index))[0]
            assert whole.shape == (1, 10, 12)
            windows = [
                view[:, top : top + 8, left : left + 8]
                for view in (whole, whole.flip(2))
                for top in (0, 2)
                for left in (0, 2, 4)
            ]
            by_hand = net.probabilities(torch.stack(windows)).mean(0)
            assert got[index].softmax(0).numpy() == pytest.approx(by_hand.numpy(), abs=1e-6)

    def test_at_the_nets_own_size_dense_is_the_centre(self, run: Path) -> None:
        digits = ArraySplit(np.random.default_rng(1).integers(0, 256, (5, 8, 8, 1), dtype=np.uint8), [0] * 5)
        path = run / "best.safetensors"
        centre = asked(path, digits, options("center"))
        mirrored = ArraySplit(digits.images[:, :, ::-1].copy(), [0] * 5)
        both = torch.stack([centre, asked(path, mirrored, options("center"))]).mean(0)
        dense = asked(path, digits, options("dense", average=LOGITS))
        assert torch.allclose(dense, both, atol=1e-5)

    def test_batches_make_no_difference(self, run: Path, images: ArraySplit) -> None:
        """Views are grouped by size, and computed some at a time."""
        many = asked(run / "best.safetensors", images, options("multiscale"), 7)
        few = asked(run / "best.safetensors", images, options("multiscale"), 2)
        assert torch.allclose(many, few, atol=1e-5)


class TestEnsemble:
    """Several nets."""

    def test_probabilities_are_averaged_and_classes_matched(
        self, run: Path, tmp_path: Path, images: ArraySplit
    ) -> None:
        from safetensors.torch import load_file, save_file

        from zoo import checkpoint

        first, second = run / "best.safetensors", tmp_path / "b.safetensors"
        about, weights = checkpoint.about(first), load_file(first)
        order = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]
        turned = {name: weights[name][order] if name.startswith("fc.") else weights[name] for name in weights}
        turned["fc.bias"] = turned["fc.bias"] + torch.linspace(0, 1, 10)
        classes = [about["classes"][i] for i in order]
        save_file(turned, second, {"zoo": json.dumps({**about, "classes": classes})})
        nets = panel.assemble([first, second], options("center"), "fp32", 4, CPU)
        assert len(nets.ways) == 1, "both are shown the same"
        found: list[Tensor] = []
        panel.ask(nets, images, 4, 0, lambda _, logits: found.append(logits.clone()))
        one = asked(first, images, options("center")).softmax(1)
        other = asked(second, images, options("center")).softmax(1)[:, [order.index(i) for i in range(10)]]
        assert torch.allclose(torch.cat(found).softmax(1), (one + other) / 2, atol=1e-6)

    def test_twice_the_same_net_is_that_net(self, zoo: Callable, run: Path) -> None:
        alone = json.loads(zoo("evaluate", f"checkpoint={run}", "--json").out)
        both = json.loads(zoo("evaluate", f"ensemble=[{run},{run}]", "--json").out)
        assert both["ensemble"] == [str(run / "best.safetensors")] * 2
        assert both["top1_wrong"] == alone["top1_wrong"]
        assert both["loss"] == pytest.approx(alone["loss"], abs=1e-6)

    def test_other_classes_are_an_error(self, zoo: Callable, run: Path, tmp_path: Path) -> None:
        from safetensors.torch import load_file, save_file

        from zoo import checkpoint

        first, second = run / "best.safetensors", tmp_path / "b.safetensors"
        about = checkpoint.about(first)
        save_file(load_file(first), second, {"zoo": json.dumps({**about, "classes": [*"012345678", "x"]})})
        ran = zoo("evaluate", f"ensemble=[{first},{second}]")
        assert ran.code == 1
        assert "9 is in one of them alone; nets of an ensemble have the same classes" in ran.err


class TestCommand:
    """``zoo evaluate protocol=…``."""

    @pytest.mark.parametrize("protocol", ["10crop", "dense", "multiscale"])
    def test_each_is_said(self, zoo: Callable, run: Path, protocol: str) -> None:
        ran = zoo("evaluate", f"checkpoint={run}", f"protocol={protocol}", "average=logits", "--json")
        assert (ran.code, ran.err) == (0, "")
        found = json.loads(ran.out)
        assert (found["protocol"], found["images"]) == (protocol, 360)
        assert found["averaged"].endswith("logits over views")
        low, high = found["top1_interval"]
        assert low < found["top1_error"] < high
        assert sum(each["images"] for each in found["calibration"]["bins"]) == 360

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("protocol=tencrop",), "protocol=tencrop: one of center, dense, multiscale, 10crop is expected"),
            (
                ("average=logits",),
                "average: no option of protocol=center; it is one of protocol=dense, multiscale",
            ),
            (
                ("protocol=dense", "scales=[9]"),
                "scales: no option of protocol=dense; it is one of protocol=mu",
            ),
            (("protocol=dense", "scale=7"), "scale=7: smaller than the images that the net takes (8)"),
            (("protocol=multiscale", "scales=[9,4]"), "scales=4: smaller than the images that the net takes"),
            (("protocol=dense", "posit=logits"), "posit: no such option of zoo evaluate; did you mean pos"),
            (("ensemble=[a]",), "checkpoint=a: no such file"),
        ],
    )
    def test_mistakes(self, zoo: Callable, run: Path, words: tuple[str, ...], message: str) -> None:
        own = () if words[0].startswith("ensemble") else (f"checkpoint={run}",)
        ran = zoo("evaluate", *own, *words)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert message in ran.err

    def test_a_net_that_is_not_dense_says_where(self, zoo: Callable, run: Path, tmp_path: Path) -> None:
        from safetensors.torch import load_file, save_file

        from zoo import checkpoint

        about = checkpoint.about(run / "best.safetensors")
        spec = about["spec"].replace("flatten", "reshape([128])")
        path = tmp_path / "a.safetensors"
        save_file(load_file(run / "best.safetensors"), path, {"zoo": json.dumps({**about, "spec": spec})})
        ran = zoo("evaluate", f"checkpoint={path}", "data=digits", "protocol=dense")
        assert ran.code == 1
        assert "tiny cannot be made fully convolutional: `5`, reshape of [8, 4, 4], fits images of" in ran.err

    def test_help_has_the_options_of_each(self, zoo: Callable) -> None:
        out = zoo("evaluate", "--help").out
        assert "protocol=10crop: Corners, middle and their mirror images (Krizhevsky et al. 2012)." in out
        assert "scales" in out
        assert "name " not in out
