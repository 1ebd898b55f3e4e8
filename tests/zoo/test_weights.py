"""``zoo weights import``: other programs' checkpoints, and the same answers as theirs."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import skimage
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

from tests.peers import import_torchvision
from zoo import checkpoint
from zoo.weights import importing, mapping, published

PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real photographs, each as it is, and one whose shorter side is 256, of which no pixel is scaled."""
    folder = tmp_path_factory.mktemp("photographs")
    source = Path(skimage.__file__).parent / "data"
    for name in PHOTOGRAPHS:
        photo = Image.open(source / name).convert("RGB")
        photo.save(folder / f"large-{name}")
        scale = 256 / min(photo.size)
        # Even sides: of an odd margin torchvision rounds the half, the zoo drops it.
        sides = tuple(2 * round(side * scale / 2) for side in photo.size)
        photo.resize(sides).save(folder / f"small-{name}")
    return folder


def torchvisions(name: str, **options: Any) -> nn.Module:
    """A net with random weights whose batch norms have seen something, as those of a trained net have."""
    torch.manual_seed(0)
    net: nn.Module = import_torchvision().models.get_model(name, **options)
    generator = torch.Generator().manual_seed(1)
    for buffer_name, buffer in net.named_buffers():
        if buffer_name.endswith("running_mean"):
            buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))
        elif buffer_name.endswith("running_var"):
            buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))
    return net.eval()


def theirs(net: nn.Module, path: Path, resize: int, crop: int) -> torch.Tensor:
    """Probabilities by torchvision's preprocessing and model."""
    transforms = import_torchvision().transforms
    made = transforms.Compose(
        [
            transforms.Resize(resize),
            transforms.CenterCrop(crop),
            transforms.PILToTensor(),
            transforms.ConvertImageDtype(torch.float32),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    with torch.inference_mode():
        answer: torch.Tensor = net(made(Image.open(path))[None]).softmax(1)[0]
    return answer


@pytest.mark.parametrize(
    ("peer", "model", "options"),
    [
        ("resnet18", "resnet18", {}),
        ("alexnet", "alexnet_one", {}),
        # Trained on values of another mean: torchvision's module changes its input.
        ("googlenet", "googlenet", {"init_weights": False, "transform_input": True}),
    ],
)
def test_the_same_top5_as_torchvision(
    peer: str, model: str, options: dict[str, Any], zoo: Callable, photographs: Path
) -> None:
    net = torchvisions(peer, **options)
    torch.save(net.state_dict(), "peer.pth")
    ran = zoo("weights", "import", "peer.pth", f"model={model}", "-o", "ours.safetensors")
    assert (ran.code, ran.err) == (0, "")
    ran = zoo("predict", "checkpoint=ours.safetensors", str(photographs), "--json", "precision=fp32")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert len(found) == 2 * len(PHOTOGRAPHS)
    for each in found:
        wanted = theirs(net, Path(each["file"]), 256, 224)
        exact = Path(each["file"]).name.startswith("small")
        ours = [guess["number"] for guess in each["guesses"]]
        probabilities = [guess["probability"] for guess in each["guesses"]]
        assert probabilities == pytest.approx(wanted[ours].tolist(), rel=1e-4 if exact else 0.1)
        if exact:
            assert ours == wanted.topk(5).indices.tolist()
        assert len(set(ours) & set(wanted.topk(5).indices.tolist())) >= 4


def test_a_wrong_preparation_would_show(zoo: Callable, photographs: Path) -> None:
    net = torchvisions("resnet18")
    torch.save(net.state_dict(), "peer.pth")
    zoo("weights", "import", "peer.pth", "model=resnet18", "mean=[0,0,0]", "-o", "ours.safetensors")
    photo = photographs / f"small-{PHOTOGRAPHS[0]}"
    (found,) = json.loads(zoo("predict", "checkpoint=ours.safetensors", str(photo), "--json").out)
    wanted = theirs(net, photo, 256, 224)
    ours = [guess["number"] for guess in found["guesses"]]
    assert [guess["probability"] for guess in found["guesses"]] != pytest.approx(
        wanted[ours].tolist(), rel=1e-2
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest net of torchvision's, as it saves it."""
    path = tmp_path_factory.mktemp("small") / "shuffle.pth"
    torch.save(torchvisions("shufflenet_v2_x0_5").state_dict(), path)
    return path


SMALL = "model=shufflenet_v2_x0_5"


def test_the_header_says_what_it_takes(zoo: Callable, small: Path) -> None:
    ran = zoo(
        "weights", "import", str(small), SMALL, "url=https://example.org/a.pth", "licence=BSD", "resize=232"
    )
    assert ran.code == 0, ran.err
    about = checkpoint.about(Path("shuffle.safetensors"))
    assert about["input"] == [3, 224, 224]
    assert about["centre"] == pytest.approx(224 / 232)
    assert (about["classes"][0], about["wnids"][-1]) == ("n01440764 tench", "n15075141")
    assert about["source"] == {
        "file": "shuffle.pth",
        "sha256": hashlib.sha256(small.read_bytes()).hexdigest(),
        "url": "https://example.org/a.pth",
        "licence": "BSD",
        "note": "",
        "mapping": "",
    }
    assert load_file("shuffle.safetensors").keys() == torch.load(small, weights_only=True).keys()
    exported = zoo("export", "checkpoint=shuffle.safetensors", "-o", "net.pt2")
    assert exported.code == 0, exported.err


def test_what_wraps_a_state_dict_is_taken_off(zoo: Callable, small: Path) -> None:
    state = torch.load(small, weights_only=True)
    wrapped = {f"module.{name}": tensor for name, tensor in state.items()}
    torch.save({"epoch": 3, "state_dict": wrapped}, "wrapped.pth")
    # Files of before PyTorch 0.4.1 lack the counters of batch norms.
    save_file({name: value for name, value in state.items() if "num_batches" not in name}, "old.safetensors")
    for name in ("wrapped.pth", "old.safetensors"):
        assert zoo("weights", "import", name, SMALL, "-o", "out/w.safetensors").code == 0
        kept = load_file("out/w.safetensors")
        assert all(torch.equal(kept[key], tensor) for key, tensor in state.items())


def test_classes_from_a_file_or_from_data(zoo: Callable, small: Path, photos: Path) -> None:
    state = torch.load(small, weights_only=True)
    state |= {"fc.weight": state["fc.weight"][:3].clone(), "fc.bias": state["fc.bias"][:3].clone()}
    torch.save(state, "three.pth")
    Path("names.txt").write_text("one\ntwo\n\nthree\n", encoding="utf-8")
    for words, classes in (
        ((), ["0", "1", "2"]),
        (("classes=names.txt",), ["one", "two", "three"]),
        (("data=imagefolder", f"data.root={photos}"), ["blue", "green", "red"]),
    ):
        ran = zoo("weights", "import", "three.pth", SMALL, *words)
        assert ran.code == 0, ran.err
        assert "the net is made for 3 classes" in ran.out
        assert checkpoint.about(Path("three.safetensors"))["classes"] == classes
    ran = zoo("evaluate", "checkpoint=three.safetensors", "data=imagefolder", f"data.root={photos}", "--json")
    assert ran.code == 0, ran.err
    Path("names.txt").write_text("one\none\n", encoding="utf-8")
    ran = zoo("weights", "import", "three.pth", SMALL, "classes=names.txt")
    assert (ran.code, ran.err) == (1, "zoo: classes=names.txt: has 2 classes, and the net 3\n")


def test_what_does_not_fit_is_listed(zoo: Callable, small: Path) -> None:
    state = torch.load(small, weights_only=True)
    state["fc.weihgt"] = state.pop("fc.weight")
    state["conv1.0.weight"] = state["conv1.0.weight"][:, :1].clone()
    torch.save(state, "odd.pth")
    ran = zoo("weights", "import", "odd.pth", SMALL)
    assert ran.code == 1
    assert ran.err == (
        f"odd.pth: its tensors are not those of {SMALL}:\n"
        "  1 missing:\n    fc.weight; the file has fc.weihgt\n"
        "  1 unexpected:\n    fc.weihgt\n"
        "  1 of another shape:\n    conv1.0.weight: 24×1×3×3 in the file, 24×3×3×3 in the net\n"
        "The names differ: is it another model? If not, mapping=FILE says how names differ.\n"
    )
    assert not Path("odd.safetensors").exists()
    ran = zoo("weights", "import", str(small), "model=shufflenet_v2_x1_0")
    assert ran.err.endswith("They are those of model=shufflenet_v2_x0_5.\n")


def test_a_mapping_of_ones_own(zoo: Callable, small: Path) -> None:
    state = torch.load(small, weights_only=True)
    odd = {name.replace("stage2.", "blocks/"): value for name, value in state.items()}
    odd["fc.weight"] = odd["fc.weight"][..., None, None]
    odd["extra"] = torch.zeros(1)
    torch.save(odd, "odd.pth")
    Path("own.map").write_text(
        "# mine\nblocks/(.*) -> stage2.\\1\n\nfc\\.weight -> fc.weight (reshape)\nextra ->\n",
        encoding="utf-8",
    )
    ran = zoo("weights", "import", "odd.pth", SMALL, "mapping=own.map")
    assert ran.code == 0, ran.err
    kept = load_file("odd.safetensors")
    assert all(torch.equal(kept[name], tensor) for name, tensor in state.items())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b\n", "own.map, line 1: PATTERN -> REPLACEMENT is expected"),
        ("\n(a -> b\n", "own.map, line 2: (a: no regular expression"),
        ("(a) -> \\2\n", "own.map, line 1: \\2: the pattern has 1 groups"),
        ("fc.* -> fc.weight\n", "mapping=own.map: fc.weight and fc.bias both become fc.weight"),
    ],
)
def test_a_mistake_in_a_mapping(text: str, message: str, zoo: Callable, small: Path) -> None:
    Path("own.map").write_text(text, encoding="utf-8")
    ran = zoo("weights", "import", str(small), SMALL, "mapping=own.map")
    assert ran.code == 1
    assert ran.err.startswith(f"zoo: {message}")
    assert ran.err.count("\n") == 1


class Evil:
    """What a pickle can do."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("evil"),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps(Evil()), "holds more than tensors, or is no file of torch.save"),
        (b"", "cannot be read as a file of torch.save"),
        (b"no checkpoint", "holds more than tensors"),
        (None, "no such file"),
    ],
)
def test_a_file_that_is_no_checkpoint(content: bytes | None, message: str, zoo: Callable) -> None:
    if content is not None:
        Path("bad.pth").write_bytes(content)
    ran = zoo("weights", "import", "bad.pth", SMALL)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("zoo: bad.pth: ")
    assert message in ran.err
    assert not Path("evil").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((SMALL, "mean=[0.5]"), "mean=[…,…,…] and std=[…,…,…]: the net's images take 3 numbers each"),
        ((SMALL, "resize=200"), "resize=200: less than the images that the net takes (224)"),
        ((SMALL, "-o", "a.pth"), "-o a.pth: weights are written as safetensors"),
        ((SMALL, "maping=a"), "maping: no such option of zoo weights import; did you mean mapping?"),
        (
            (SMALL, "mapping=timm_vgh"),
            "mapping=timm_vgh: neither a file that can be read nor one of the zoo's",
        ),
        ((), "model=… is missing"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str, ...], message: str, zoo: Callable, small: Path) -> None:
    ran = zoo("weights", "import", str(small), *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith(f"zoo: {message}")


def test_values_that_are_no_numbers_are_refused(zoo: Callable, small: Path) -> None:
    state = torch.load(small, weights_only=True)
    state["fc.bias"][3] = float("nan")
    torch.save(state, "nan.pth")
    ran = zoo("weights", "import", "nan.pth", SMALL)
    assert (ran.code, ran.err) == (
        1,
        "zoo: fc.bias: has values that are infinite or no numbers; the file is damaged\n",
    )


def test_blue_first(zoo: Callable, small: Path) -> None:
    assert zoo("weights", "import", str(small), SMALL, "bgr=true", "-o", "b.safetensors").code == 0
    state = torch.load(small, weights_only=True)
    kept = load_file("b.safetensors")
    assert torch.equal(kept["conv1.0.weight"], state["conv1.0.weight"][:, [2, 1, 0]])


def test_old_names_of_torchvision_are_renamed() -> None:
    old = mapping.find("torchvision_old")
    one = torch.zeros(1)
    names = {
        "features.denseblock1.denselayer2.norm.1.weight": "features.denseblock1.denselayer2.norm1.weight",
        "encoder.layers.encoder_layer_0.mlp.linear_2.bias": "encoder.layers.encoder_layer_0.mlp.3.bias",
        "features.norm0.weight": "features.norm0.weight",
    }
    assert list(old.applied(dict.fromkeys(names, one), {})) == list(names.values())


def test_timms_names_fit() -> None:
    """Of ViT, by which the mapping gives every tensor of the net its place."""
    block = ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2")
    blocks = (f"blocks.{i}.{part}" for i in range(12) for part in block)
    names = ["cls_token", "pos_embed"]
    for layer in ("patch_embed.proj", *blocks, "norm", "head"):
        names += [f"{layer}.weight", f"{layer}.bias"]
    with torch.device("meta"):
        state = import_torchvision().models.vit_b_32().state_dict()
    renamed = mapping.find("timm_vit").applied(dict.fromkeys(names, torch.zeros(1)), {})
    assert set(renamed) == set(state)
    index = names.index("blocks.3.mlp.fc1.weight")
    assert list(renamed)[index] == "encoder.layers.encoder_layer_3.mlp.0.weight"


class TestPublished:
    """The table of torchvision's checkpoints."""

    def test_it_is_what_torchvision_says(self) -> None:
        models = import_torchvision().models
        own = {(each.model, each.name): each for each in published.checkpoints()}
        assert len(own) == len(published.checkpoints())
        for model in models.list_models(module=models):
            for weights in models.get_model_weights(model):
                found, said = own.pop((model, weights.name)), weights.transforms.keywords
                assert found.url == weights.url
                assert (found.resize, found.crop) == (said.get("resize_size", 256), said["crop_size"])
                assert found.bicubic == ("BICUBIC" in str(said.get("interpolation")))
                if model in {"googlenet", "inception_v3"}:  # their modules turn one into the other
                    assert found.mean == found.std == (0.5, 0.5, 0.5)
                else:
                    assert found.mean == said.get("mean", published.MEAN)
                    assert found.std == said.get("std", published.STD)
        assert not own

    def test_a_file_is_recognised_by_its_checksum(self) -> None:
        found = published.recognised("11ad3fa6" + 56 * "0")
        assert found is not None
        assert (found.model, found.name, found.resize) == ("resnet50", "IMAGENET1K_V2", 232)
        assert published.recognised(64 * "0") is None

    def test_of_a_file_that_is_recognised_images_are_prepared_as_published(
        self, small: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digits = hashlib.sha256(small.read_bytes()).hexdigest()
        own = published.Published("shufflenet_v2_x0_5", "V7", f"s-{digits[:8]}.pth", 250, 192, True)
        monkeypatch.setattr(published, "checkpoints", lambda: (own,))
        options = importing.ModelOptions(name="shufflenet_v2_x0_5")
        made = importing.imported(small, options, importing.ImportOptions())
        assert made.about["input"] == [3, 192, 192]
        assert made.about["centre"] == pytest.approx(192 / 250)
        assert made.about["source"]["url"].endswith(own.file)
        assert any("bicubically" in note for note in made.notes)
