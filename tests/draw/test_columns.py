"""Stages as columns: what a stage is, what of it is shown, and where it stands."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess

import pytest

import netcompiler
from netcompiler.draw import tikz
from netcompiler.draw import words as words_of
from netcompiler.draw.condense import condense
from netcompiler.draw.drawing import Drawing
from netcompiler.draw.errors import DrawError
from netcompiler.draw.styles.columns.plan import refuses
from netcompiler.draw.styles.columns.row import main_row
from netcompiler.draw.styles.columns.sections import sections
from netcompiler.draw.theme import THEMES
from tests.draw.conftest import SPECS
from tests.draw.drawn import draw
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import bounds, flaws, words

PREACTIVATION = """
block unit(width, stride=1) {
  residual {
    batchnorm -> relu -> conv(width, 3, stride=stride, padding=1)
    batchnorm -> relu -> conv(width, 3, padding=1)
  } skip { if channels != width { conv(width, 1, stride=stride) } }
}
net preactivation {
  input image [3, 32, 32]
  conv(16, 3, padding=1)
  for width in [16, 32, 64] { unit(width, stride=(1 if width == 16 else 2)) -> unit(width) * 17 }
  batchnorm -> relu -> adaptive_avgpool(1) -> flatten
  fc: linear(10)
}
"""

SQUEEZE_EXCITE = """
block se(reduction=16) {
  adaptive_avgpool(1) -> conv(in.channels // reduction, 1) -> relu -> conv(in.channels, 1) -> sigmoid
  multiply(in, broadcast=true)
}
block bottleneck(width, stride=1) {
  residual {
    conv(width, 1) -> batchnorm -> relu -> conv(width, 3, stride=stride, padding=1) -> batchnorm -> relu
    conv(4 * width, 1) -> batchnorm -> se
  } skip { if channels != 4 * width { conv(4 * width, 1, stride=stride) -> batchnorm } }
  relu
}
net squeeze_excite {
  input image [3, 224, 224]
  conv1: conv(64, 7, stride=2, padding=3) -> batchnorm -> relu
  maxpool(3, stride=2, padding=1)
  layer1: { bottleneck(64) * 3 }
  layer2: { bottleneck(128, stride=2) -> bottleneck(128) * 3 }
  layer3: { bottleneck(256, stride=2) -> bottleneck(256) * 5 }
  layer4: { bottleneck(512, stride=2) -> bottleneck(512) * 2 }
  adaptive_avgpool(1) -> flatten
  fc: linear(1000)
}
"""

DENSE = """
block dense(growth) { concat { identity
  { batchnorm -> relu -> conv(4 * growth, 1) -> batchnorm -> relu -> conv(growth, 3, padding=1) } } }
block transition { batchnorm -> relu -> conv(channels // 2, 1) -> avgpool(2) }
net dense_net {
  input image [3, 224, 224]
  conv0: conv(64, 7, stride=2, padding=3) -> batchnorm -> relu
  maxpool(3, stride=2, padding=1)
  denseblock1: { dense(32) * 6 }
  transition1: transition
  denseblock2: { dense(32) * 12 }
  transition2: transition
  denseblock3: { dense(32) * 24 }
  batchnorm -> relu -> adaptive_avgpool(1) -> flatten
  classifier: linear(1000)
}
"""

INCEPTIONS = """
block pool { maxpool(3, stride=2, padding=1) }
block inception(a, b) {
  concat { branch1: conv(a, 1)
           branch2: { conv(b, 1) -> relu -> conv(b, 3, padding=1) }
           branch3: { maxpool(3, stride=1, padding=1) -> conv(a, 1) } }
}
net inceptions {
  input image [3, 128, 128]
  conv1: conv(16, 7, stride=2, padding=3) -> pool
  inception3a: inception(8, 16)
  inception3b: inception(16, 16)
  pool -> inception4a: inception(16, 24)
  aux: { adaptive_avgpool(1) -> flatten -> linear(10) }
  output aux if training
  from inception4a -> inception4b: inception(24, 24)
  adaptive_avgpool(1) -> flatten -> fc: linear(10)
  output fc
}
"""

POOLED_SHORTCUT = """
block basic(width, stride=1) {
  residual { conv(width, 3, stride=stride, padding=1) -> relu -> conv(width, 3, padding=1) }
  skip {
    if stride != 1 { avgpool(2) }
    if channels != width { conv(width, 1) -> batchnorm }
  }
}
net pooled_shortcut {
  input image [3, 64, 64]
  stem: { conv(16, 3, padding=1) -> relu -> conv(16, 3, padding=1) -> maxpool(2) }
  layer1: { basic(16) * 2 }
  layer2: { basic(32, stride=2) -> basic(32) }
  adaptive_avgpool(1) -> flatten -> linear(10)
}
"""

ONE_DIMENSION = """
net sound {
  input sound [1, 16000]
  conv(32, 80, stride=4, padding=38) -> relu
  maxpool(4) -> conv(64, 3, padding=1) -> relu
  adaptive_avgpool(1) -> flatten -> linear(35)
}
"""

LONG_NAMES = """
block a_residual_block_with_quite_a_long_name(width, stride=1) {
  residual { conv(width, 3, stride=stride, padding=1) -> leaky_relu(0.1) -> conv(width, 3, padding=1) }
  skip { if stride != 1 { conv(width, 1, stride=stride) } }
}
net a_net_with_a_rather_long_name_for_the_title_of_a_picture {
  input a_photograph_of_something [3, 1024, 2048]
  the_very_first_layers_of_the_net: { conv(64, 7, stride=2, padding=3) -> relu -> maxpool(2) }
  the_first_stage_with_a_long_name: { a_residual_block_with_quite_a_long_name(64) * 2 }
  the_second_stage_with_a_longer_name: {
    a_residual_block_with_quite_a_long_name(128, 2) -> a_residual_block_with_quite_a_long_name(128) * 11
  }
  adaptive_avgpool(1) -> flatten -> the_classifier_of_all_classes: linear(21841)
}
"""

STAGED = [
    "lenet",
    "alexnet_one",
    "resnet18",
    "resnet50",
    "resnet152",
    PREACTIVATION,
    SQUEEZE_EXCITE,
    DENSE,
    INCEPTIONS,
    POOLED_SHORTCUT,
    ONE_DIMENSION,
    LONG_NAMES,
]


@pytest.fixture(scope="session")
def cut(graph_of):
    """Gives the sections of a net: the names or labels in each, stages in lists, all else in tuples."""

    def cut(net):
        tree = condense(graph_of(net))
        row, _ = main_row(tree)
        return [
            (list if part.stage else tuple)(
                getattr(item, "title", "") if not item.name else item.name for item in part.items
            )
            for part in sections(row, tree)
        ]

    return cut


def picture(graph, **options):
    return drawn(graph, style="columns", **options)


def frame(picture, label):
    return next(f for f in picture.frames if f.label == label)


def stage_frames(picture):
    return [f for f in picture.frames if f.parent is None]


def said(picture):
    """Every text of a picture, those in nodes too."""
    lines = [line for node in picture.nodes for line in node.lines]
    return [words(text) for text in picture.texts] + ["".join(span.text for span in line) for line in lines]


def real(picture):
    """The nodes that stand for layers."""
    return [node for node in picture.nodes if not isinstance(node.key, str)]


def test_a_stage_is_a_top_level_scope(cut):
    stem, *stages, head = cut("resnet50")
    assert stem == ("image", "conv1", "3×3 max pool, /2")
    assert stages == [["layer1"], ["layer2"], ["layer3"], ["layer4"]]
    assert head == ("avg pool", "fc", "output")


def test_without_scopes_a_stage_starts_where_the_size_changes(cut):
    assert cut("lenet") == [
        ("image",),
        ["conv1"],
        ["2×2 max pool, /2", "conv2"],
        ("2×2 max pool, /2", "fc1", "fc2", "fc3", "output"),
    ]


def test_a_scope_around_all_stages_is_taken_apart(cut):
    parts = cut("alexnet_one")
    assert [len(part) for part in parts if isinstance(part, list)] == [1, 2, 4]
    assert parts[-1][-2:] == ("classifier", "output")


def test_blocks_without_names_are_divided_by_size(cut):
    parts = cut(PREACTIVATION)
    assert [(type(part), len(part)) for part in parts] == [(tuple, 2), *[(list, 18)] * 3, (tuple, 3)]


def test_what_stands_between_stages_is_no_stage(cut):
    parts = cut(DENSE)
    assert [part for part in parts if isinstance(part, list)] == [[f"denseblock{i}"] for i in (1, 2, 3)]
    assert ("transition1",) in parts


def test_blocks_of_one_kind_at_one_size_are_one_stage(cut, graph_of):
    assert ["inception3a", "inception3b"] in cut(INCEPTIONS)
    assert ["3×3 max pool, /2", "inception4a", "inception4b"] in cut(INCEPTIONS)
    assert {"inception3a–3b", "inception4a–4b"} <= set(said(picture(graph_of(INCEPTIONS))))


@pytest.mark.parametrize(
    ("net", "why"),
    [
        ("alexnet", "placement groups"),
        ("two_inputs", "several inputs"),
        ("chain", "no stages"),
        ("transformer", "no stages"),
        ("residual_unet", "concat reads enc1 past other stages"),
    ],
)
def test_what_is_no_row_of_stages_is_refused(net, why, graph_of):
    assert why in refuses(graph_of(net))
    with pytest.raises(DrawError, match=r"style columns cannot show .*; take .*graph"):
        Drawing((graph_of(net),), "columns")


def test_a_stage_with_one_node_is_that_node(graph_of):
    shown = picture(graph_of("lenet"), costs=True)
    (stage,) = shown.frames
    assert said(shown).count("conv1") == said(shown).count("conv2") == 1
    macs = words_of.count(graph_of("lenet").layer("conv1").macs)
    assert {"6×28×28", "156 parameters", f"{macs} MACs"} <= set(said(shown)), "what the frame would say"
    conv1, conv2 = (node_that_says(shown, name) for name in ("conv1", "conv2"))
    assert (conv1.frame, conv2.frame) == (None, 0)
    assert bounds(conv1)[2] < stage.left


def node_that_says(shown, text):
    return next(node for node in real(shown) if text in [line[0].text for line in node.lines])


@pytest.mark.parametrize(("net", "times"), [("vgg16", 3), ("vgg19", 4)])
def test_convolutions_in_a_row_are_one_in_every_stage(net, times, vgg):
    """Also where the first of them reads fewer channels."""
    shown = picture(vgg(net), width=21)
    assert said(shown).count(f"×{times}") == 3
    assert [said(shown).count(f"3×3 conv, {width}") for width in (64, 128, 256, 512)] == [2, 2, 1, 2]


def test_a_page_is_not_left_empty_beside_a_long_tail(vgg):
    """The classifier has a column of its own, not the foot of the last stage's."""
    shown = picture(vgg("vgg19"), width=21)
    left = bounds(node_that_says(shown, "fc 1000"))[0]
    assert left > max(f.right for f in stage_frames(shown) if f.label != "classifier")
    assert shown.height < 0.7 * shown.width


@pytest.fixture(scope="session")
def vgg():
    """Gives a VGG by its name."""
    return lambda name: netcompiler.load(SPECS / "vgg.net", name)._graph


@pytest.mark.parametrize("net", STAGED)
def test_nothing_overlaps_or_sticks_out(net, graph_of):
    assert not flaws(picture(graph_of(net)))


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("net", ["resnet18", DENSE])
def test_every_theme_fits(net, theme, graph_of):
    assert not flaws(picture(graph_of(net), theme=theme, costs=True))


@pytest.mark.parametrize("width", [8.5, 16, 25])
@pytest.mark.parametrize("net", ["resnet152", "alexnet_one", SQUEEZE_EXCITE, INCEPTIONS])
def test_pages_of_any_width_are_legible(net, width, graph_of):
    shown = picture(graph_of(net), width=width)
    assert not flaws(shown)
    assert shown.width * shown.zoom == pytest.approx(width * 72 / 2.54)
    assert shown.smallest_text() >= 6 - 0.005


def test_too_narrow_a_page_is_refused_with_a_width_that_does(graph_of):
    with pytest.raises(DrawError, match=r"make it ([\d.]+) cm wide") as caught:
        picture(graph_of("resnet50"), width=3)
    wide = float(re.search(r"make it ([\d.]+) cm", str(caught.value)).group(1))
    assert picture(graph_of("resnet50"), width=wide).smallest_text() >= 6 - 0.005


def test_stages_of_resnet_152_stand_side_by_side_at_the_width_of_a_page(graph_of):
    shown = picture(graph_of("resnet152"), width=16)
    frames = [frame(shown, f"layer{n}") for n in (1, 2, 3, 4)]
    assert len({round(f.top, 3) for f in frames}) == 1
    assert len({round(f.bottom, 3) for f in frames}) == 1
    assert all(a.right < b.left for a, b in itertools.pairwise(frames))
    assert {"×2", "×7", "×35"} <= set(said(shown))


def test_stages_are_stacked_where_a_page_is_narrow(graph_of):
    shown = picture(graph_of("resnet152"), width=8.5)
    lefts = {round(f.left) for f in stage_frames(shown)}
    assert len(lefts) == 2


def test_the_stem_stands_straight_above_its_stage(graph_of):
    """What a sketch of this style got wrong: boxes beside the line on which values come in."""
    shown = picture(graph_of("resnet50"), width=16)
    above = {n.x for n in real(shown) if n.y < frame(shown, "layer1").top}
    stage = shown.frames.index(frame(shown, "layer1"))
    blocks = [index for index, f in enumerate(shown.frames) if f.parent == stage]
    inside = {n.x for n in real(shown) if n.frame in blocks}
    assert {round(x, 3) for x in above | inside} == {round(next(iter(above)), 3)}


def test_identical_blocks_are_one(graph_of):
    shown = picture(graph_of("resnet50"))
    for n, times in ((1, 2), (2, 3), (3, 5), (4, 2)):
        stage = shown.frames.index(frame(shown, f"layer{n}"))
        blocks = [f for f in shown.frames if f.parent == stage]
        assert [f.sheets for f in blocks] == [0, 1]
        right = blocks[1].right
        badges = [
            words(t) for t in shown.texts if abs(right - t.x) < 10 and blocks[1].top < t.y < blocks[1].bottom
        ]
        assert f"×{times}" in badges


def test_projections_are_dashed_and_identities_solid(graph_of):
    shown = picture(graph_of("resnet50"))
    skips = [a for a in shown.arrows if a.color == THEMES["paper"].skip and a.tip is not None]
    skips.sort(key=lambda arrow: (round(arrow.curve[0][0]), arrow.curve[0][1]))
    assert [arrow.dashed for arrow in skips] == [True, False] * 4
    assert {"projection shortcut: 1×1 conv, batch norm", "identity shortcut"} <= set(said(shown))
    # The layers of a projection are in no node.
    assert not any("downsample" in text for text in said(shown))


def test_shortcuts_are_named_for_what_they_do(graph_of):
    plain = netcompiler.load(SPECS / "resnet_cifar.net", "resnet20")._graph
    assert "shortcut: 1×1 avg pool, pad" in said(picture(plain))
    pooled = said(picture(graph_of(POOLED_SHORTCUT)))
    assert "projection shortcut: 2×2 avg pool, 1×1 conv, batch norm" in pooled


def test_skips_into_other_merges_are_no_shortcuts(graph_of):
    texts = said(picture(graph_of(DENSE)))
    assert "skip connection" in texts
    assert "identity shortcut" not in texts
    assert "sizes differ ×12" in texts


def test_stages_tell_their_shapes(graph_of):
    texts = said(picture(graph_of("resnet50")))
    assert {"256×56×56", "512×28×28", "1024×14×14", "2048×7×7"} <= set(texts)
    assert {"64×112×112", "64×56×56", "2048"} <= set(texts)


def test_costs_are_sums_that_include_projections_and_copies(graph_of):
    graph = graph_of("resnet50")
    texts = said(picture(graph, costs=True))
    for n in (1, 4):
        inside = [x for x in graph.layers() if x.path.startswith(f"layer{n}.")]
        millions = sum(x.parameters for x in inside) / 1e6
        told = f"{millions:.2f} M parameters" if n == 4 and millions < 10 else f"{millions:.1f} M parameters"
        assert (told if n == 4 else f"{millions * 1000:.1f} K parameters") in texts
    assert f"{sum(x.macs for x in graph.layers() if x.path.startswith('layer4.')) / 1e6:.1f} M MACs" in texts


def test_depth_shows_blocks_as_nodes(graph_of):
    shown = picture(graph_of("resnet50"), depth=1)
    assert len(shown.frames) == 4
    assert said(shown).count("bottleneck") == 8


def test_blocks_are_shown_as_a_user_names_them(graph_of):
    shown = picture(graph_of("resnet50"), depth=1, expand=("layer3.0",))
    assert [f.label for f in shown.frames if f.parent is not None] == ["layer3.0"]
    shown = picture(graph_of("resnet50"), fold=("layer3", "layer1.1"))
    assert "7.10 M parameters" in said(shown)
    stage = shown.frames.index(frame(shown, "layer1"))
    assert [f.label for f in shown.frames if f.parent == stage] == ["layer1.0", "layer1.2"]
    with pytest.raises(DrawError, match="did you mean layer3"):
        picture(graph_of("resnet50"), fold=("layr3",))


def test_what_would_be_too_large_shows_fewer_levels(graph_of):
    """A net of branches is wide: on a narrow page its blocks are nodes."""
    shown = picture(graph_of(INCEPTIONS), width=10)
    assert "branch2" not in said(shown)
    assert {"inception3a", "inception4b"} <= set(said(shown))


def test_outputs_for_training_stand_in_the_stage_they_leave(graph_of):
    shown = picture(graph_of(INCEPTIONS), depth=1)
    aux = next(n for n in shown.nodes if n.dashed)
    stage = next(f for f in stage_frames(shown) if f.label == "inception4a–4b")
    left, top, right, bottom = bounds(aux)
    assert stage.left < left < right < stage.right
    assert stage.top < top < bottom < stage.bottom


@pytest.mark.parametrize("net", ["resnet18", SQUEEZE_EXCITE])
def test_the_same_net_gives_the_same_bytes(net, graph_of):
    for format in ("svg", "tex"):
        first = draw(graph_of(net), format, style="columns", width=16)
        assert first == draw(graph_of(net), format, style="columns", width=16)


def test_latex_takes_it(graph_of, tmp_path):
    latex = shutil.which("pdflatex")
    if latex is None:
        pytest.skip("no pdflatex")
    (tmp_path / "net.tex").write_text(tikz.write(picture(graph_of("resnet18"), width=16)))
    (tmp_path / "page.tex").write_text(
        "\\documentclass{article}\\usepackage{tikz}\\begin{document}\\input{net}\\end{document}"
    )
    command = [latex, "-interaction=batchmode", "-halt-on-error", "page.tex"]
    run = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert run.returncode == 0, (tmp_path / "page.log").read_text()


def test_too_many_nodes_are_refused(graph_of):
    text = "net big { input image [3, 8, 8]\n for w in 3..3103 { conv(w, 1) }\n maxpool(2) -> conv(4, 1) }"
    with pytest.raises(DrawError, match="3,000 is the most"):
        picture(graph_of(text))
