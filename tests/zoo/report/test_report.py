"""What ``zoo report`` makes of runs that are whole, and of runs that are not; no browser is needed."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

import netcompiler
from zoo import checkpoint
from zoo.by_class import ByClass
from zoo.history import Row
from zoo.report import compare, facts, found
from zoo.report.chart import Line, Scale, chart
from zoo.report.confusion import confusion
from zoo.report.filters import filters
from zoo.report.judged import Sureness, wilson


def page(zoo, *given: str) -> str:
    ran = zoo("report", *given, "threads=1", "-o", "out.html")
    assert (ran.code, ran.err) == (0, "")
    return Path("out.html").read_text(encoding="utf-8")


def missing(text: str) -> str:
    return " ".join(re.findall(r'<ul class="missing".*?</ul>', text, flags=re.DOTALL))


def test_a_run_without_weights(zoo, copied):
    for file in copied.glob("*.safetensors"):
        file.unlink()
    text = page(zoo, str(copied))
    assert "There are no weights" in missing(text)
    assert 'data-curve="loss"' in text
    assert 'class="diagram"' in text  # the run's own picture


def test_a_run_that_is_not_finished(zoo, copied):
    config = copied / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("epochs: 3", "epochs: 9"), encoding="utf-8")
    assert "The run is not finished: epoch 3 of 9." in missing(page(zoo, str(copied)))


def test_a_run_that_has_only_begun(zoo, run):
    shutil.copytree(run, "begun", ignore=shutil.ignore_patterns("*.safetensors", "metrics.csv", "*.svg"))
    said = missing(page(zoo, "begun"))
    assert "the run has no metrics.csv yet" in said
    assert "There is no diagram" in said


def test_damaged_files_are_named(zoo, copied):
    (copied / "metrics.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (copied / f"{checkpoint.BEST}.safetensors").write_bytes(b"x")
    (copied / "environment.yaml").write_text("- a\n", encoding="utf-8")
    said = missing(page(zoo, str(copied)))
    assert "metrics.csv: not a run" in said
    assert "The weights cannot be read" in said
    assert "environment.yaml cannot be read: it holds no mapping" in said


def test_data_that_is_gone(zoo, copied):
    config = copied / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("name: digits", "name: nothing"), encoding="utf-8")
    ran = zoo("report", str(copied), "threads=1", "-o", "out.html")
    assert ran.code == 0
    assert "not evaluated" in ran.err
    assert "It could not be evaluated" in missing(Path("out.html").read_text(encoding="utf-8"))


def test_runs_of_a_sweep_whose_folders_are_gone(zoo, sweep):
    shutil.copytree(sweep, "elsewhere/sweeps/mine")
    for file in Path("elsewhere/sweeps/mine/jobs").glob("*.json"):
        noted = json.loads(file.read_text(encoding="utf-8"))
        if "folder" in noted:
            file.write_text(json.dumps({**noted, "folder": "gone/" + noted["folder"]}), encoding="utf-8")
    text = page(zoo, "elsewhere/sweeps/mine")
    assert text.count("its folder is gone") == 2 * 4
    assert text.count("what the sweep noted is all there is") == 4


def test_a_sweep_that_was_moved_with_its_runs(sweep):
    runs = shutil.copytree(sweep.parent.parent, "moved")
    for file in Path(runs, "sweeps", sweep.name, "jobs").glob("*.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(str(sweep.parent.parent), "/nowhere"), encoding="utf-8")
    read = [facts.read(each) for each in found.find([Path(runs, "sweeps", sweep.name)])]
    assert [run.state for run in read] == ["done"] * 4 + ["failed"]
    assert all(run.found.path.parent == Path(runs) for run in read[:4])


def test_a_folder_of_runs_and_a_run_in_it_are_each_shown_once(sweep):
    runs = sweep.parent.parent
    paths = [runs / "sweeps" / sweep.name, runs, next(runs.glob("tiny*"))]
    assert len(found.find(paths)) == 4 + 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "no runs: name folders of runs, or of a sweep"),
        (("rnus",), "rnus: no such folder"),
        (("empty",), "empty: no run here; name a run's folder, a sweep's, or one that holds runs"),
        (("empty/file",), "empty/file: a run's folder is expected, and this is a file"),
        (("empty", "mistake=3"), "mistake: no such option of zoo report; did you mean mistakes?"),
        (("empty", "mistakes=-1"), "mistakes=-1"),
        (("empty", "-o", "out.pdf"), "-o out.pdf: the page is HTML; name a file that ends in .html"),
        (("empty", "-o", "no/out.html"), "-o no/out.html: there is no folder no"),
    ],
)
def test_bad_arguments_are_one_line(zoo, given, said):
    Path("empty").mkdir()
    Path("empty/file").touch()
    ran = zoo("report", *given)
    assert ran.code == 1
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_names_cannot_end_the_page_s_script(zoo, run):
    name = "</script><script>alert(1)"
    shutil.copytree(run, "a&b")
    path = Path("a&b").rename("<img src=x onerror=alert(1)>")
    config = path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("name: digits", f'name: "{name}"'), "utf-8")
    text = Path("out.html")
    zoo("report", str(path), "evaluate=0", "-o", str(text))
    shown = text.read_text(encoding="utf-8")
    assert "alert(1)" in shown
    assert "<img src=x" not in shown
    assert "<script>alert" not in shown


def test_runs_are_called_by_what_differs(sweep):
    read = [facts.read(each) for each in found.find([sweep])]
    compare.name(read)
    labels = [run.label for run in read]
    assert labels[:4] == ["lr 0.2, seed 0", "lr 0.2, seed 1", "lr 0.01, seed 0", "lr 0.01, seed 1"]
    assert compare.telling(compare.differing(read)) == ["optimizer.lr", "seed"]
    first, second = compare.over_seeds(read)
    errors = [run.error for run in read[:2]]
    assert first.best[0] == pytest.approx(sum(errors) / 2)
    assert first.best[1] == pytest.approx(abs(errors[0] - errors[1]) / 2**0.5)
    assert (first.label, second.label) == ("lr 0.2", "lr 0.01")


def test_options_have_short_names_where_these_tell_them_apart():
    keys = ["model.name", "optimizer.lr", "optimizer.decay_all", "data.size", "augment.size"]
    assert compare.short(keys) == ["model", "lr", "decay_all", "data.size", "augment.size"]


def test_options_of_one_run_that_are_no_default_are_marked(run):
    marked = {line.key for line in compare.options([facts.read(found.Found(run))]) if line.marked}
    assert {"trainer.epochs", "trainer.threads", "model.spec"} <= marked
    assert not {"optimizer.lr", "data.name", "optimizer.name", "schedule.name"} & marked


def test_a_scale_puts_values_in_their_places():
    assert [Scale(0, 10, 100, 0)(value) for value in (0, 5, 10)] == [100, 50, 0]
    assert Scale(0.01, 1, 0, 100, log=True)(0.1) == pytest.approx(50)
    assert Scale(0.01, 1, 0, 100, log=True).ticks() == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])


def test_zeros_are_left_out_of_a_logarithmic_chart():
    line = Line(0, "r0", "validation", [(1, 0.5), (2, 0.0), (3, 0.1), (4, 0.05)])
    linear, log = (chart([line], "error", "%", log=log, about="x") for log in (False, True))
    points = [re.search(r'points="([^"]*)"', text)[1].split() for text in (linear, log)]
    assert [len(each) for each in points] == [4, 3]
    assert chart([Line(0, "r0", "train", [(1, 0.0)])], "error", "%", log=True, about="x") is None


def test_long_runs_keep_their_last_epoch():
    points = [(epoch, 1 / epoch) for epoch in range(1, 3002)]
    text = chart([Line(0, "r0", "train", points)], "loss", "", log=False, about="x")
    drawn = re.search(r'points="([^"]*)"', text)[1].split()
    assert len(drawn) <= 402
    assert drawn[-1].startswith("466.0,")  # the right end of the axes


def test_the_surest_mistakes_are_kept():
    seen = Sureness(2)
    seen.add(torch.tensor([[9.0, 0, 0], [0, 3.0, 0]]), torch.tensor([0, 0]))
    seen.add(torch.tensor([[0, 0, 5.0], [1.0, 0, 0]]), torch.tensor([1, 1]))
    kept = sorted(seen.found, reverse=True)
    assert [(-index, label, guess) for _, index, label, guess, _ in kept] == [(2, 1, 2), (1, 0, 1)]
    assert kept[0][0] == pytest.approx(float(torch.tensor([0, 0, 5.0]).softmax(0)[2]))


@pytest.mark.parametrize(
    ("classes", "numbers", "picture"), [(20, True, False), (21, False, True), (1001, False, False)]
)
def test_many_classes_are_a_picture_and_too_many_are_pairs_alone(classes, numbers, picture):
    counts = ByClass([f"c{number}" for number in range(classes)])
    labels = torch.arange(classes).repeat(2)
    guesses = labels.clone()
    guesses[[3, 3 + classes, 5]] = torch.tensor([4, 4, 6])
    counts.add(nn.functional.one_hot(guesses, classes).float(), labels)
    found = confusion(counts)
    assert (bool(found.rows), found.picture is not None) == (numbers, picture)
    pairs = [(pair.label, pair.guess, pair.count, pair.of) for pair in found.pairs]
    assert pairs == [("c3", "c4", 2, 2), ("c5", "c6", 1, 2)]
    if found.picture is not None:
        assert (found.picture.width, found.picture.crisp) == (classes, True)


def test_wilson_s_interval():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0 / 20, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_filters_of_both_columns_are_shown():
    net = netcompiler.loads(TWO)
    both = [(each.layer, each.count, each.size) for each in filters(net, net.module(), 3)]
    assert both == [("a.conv1", 6, (5, 5)), ("b.conv1", 6, (5, 5))]
    assert filters(netcompiler.loads(LINEAR), nn.Linear(1, 1), 1) == []


TWO = """\
net two {
  group a, b
  input image [3, 16, 16]
  columns a, b { conv1: conv(6, 5) -> relu -> flatten }
  on a { gather -> fc: linear(10) }
}
"""
LINEAR = "net n { input image [1, 4, 4]\n flatten -> fc: linear(10) }"


def test_rows_of_a_run_that_diverged_draw_what_they_have():
    row = Row(1, 10, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0)
    run = facts.Facts(found.Found(Path("x")), "x", rows=[row])
    from zoo.report.curves import curves

    assert [curve.key for curve in curves([run])] == ["lr"]  # all else is zero
