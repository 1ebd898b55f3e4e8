"""The page of ``zoo report`` in a browser, as its reader sees and uses it."""

import csv
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from zoo import history, run_folder, yamls
from zoo.run_folder import RunFolder

PHONE = {"viewport": {"width": 390, "height": 800}}


@pytest.fixture(scope="module")
def page_of_run(run, tmp_path_factory):
    return _reported(tmp_path_factory, str(run))


@pytest.fixture(scope="module")
def page_of_sweep(sweep, tmp_path_factory):
    return _reported(tmp_path_factory, str(sweep), "evaluate=1")


def _reported(folders, *given):
    from zoo import cli

    file = folders.mktemp("report") / "report.html"
    assert cli.main(["report", *given, "threads=1", "-o", str(file)]) == 0
    return file


def _percent(share):
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"


def test_a_run_has_its_numbers_and_pictures(page_of_run, run, show):
    page = show(page_of_run)
    best = min(history.read(RunFolder(run).metrics), key=lambda row: (row.val_top1_error, row.val_loss))
    assert page.locator(".tiles b").first.inner_text() == f"{best.val_top1_error:.2%}".replace(
        "%", "\N{NO-BREAK SPACE}%"
    )
    titles = page.locator("figure[data-curve] h3").all_inner_texts()
    assert titles == ["loss", "top-1 error", "top-5 error", "learning rate"]
    wrong = round(best.val_top1_error * 360)
    assert page.locator(".mistakes img").count() == min(24, wrong) > 0
    cells = page.locator(".confusion tbody td").all_inner_texts()
    assert len(cells) == 100
    counts = [int(text or 0) for text in cells]
    assert sum(counts) == 360
    assert sum(counts[place * 10 + place] for place in range(10)) == 360 - wrong
    assert "8 filters of 3×3" in page.locator(".filters figcaption").inner_text()
    loaded = page.eval_on_selector_all("img", "all => all.map(e => e.complete && e.naturalWidth > 0)")
    assert all(loaded)


def test_the_surest_mistake_comes_first(page_of_run, show):
    texts = show(page_of_run).locator(".mistakes .wrong").all_inner_texts()
    shares = [int(re.search(r"(\d+)\s%", text)[1]) for text in texts]
    assert shares == sorted(shares, reverse=True)


def test_scales_change_a_chart_at_a_time(page_of_run, show):
    page = show(page_of_run)
    loss, error = (page.locator(f'figure[data-curve="{key}"]') for key in ("loss", "top1"))
    assert (loss.locator(".log").is_visible(), loss.locator(".linear").is_visible()) == (True, False)
    loss.get_by_role("button", name="logarithmic").click()
    assert (loss.locator(".log").is_visible(), loss.locator(".linear").is_visible()) == (False, True)
    assert loss.get_by_role("button").get_attribute("aria-pressed") == "false"
    assert error.locator(".linear").is_visible()


def test_numbers_at_the_pointer_are_those_of_the_epoch(page_of_run, run, show):
    page = show(page_of_run)
    chart = page.locator('figure[data-curve="top1"] .linear svg')
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
    last = history.read(RunFolder(run).metrics)[-1]
    tip = page.locator('figure[data-curve="top1"] .tip')
    text = tip.inner_text()
    assert text.startswith(f"epoch {last.epoch}\n")
    told = float(re.search(r"validation ([\d.]+)", text)[1])
    assert told == pytest.approx(100 * last.val_top1_error, rel=1e-3)
    page.mouse.move(2, 2)
    assert tip.is_hidden()


def test_the_table_of_a_sweep_sorts(page_of_sweep, sweep, show):
    page = show(page_of_sweep)
    with (sweep / "results.csv").open(encoding="utf-8") as file:
        best_first = [_percent(float(row["top1_error"])) for row in csv.DictReader(file)]
    column = page.locator(".sortable tbody td:nth-child(2)")
    assert column.all_inner_texts() == [*best_first, "–"]
    heads = page.locator(".sortable thead th")
    head = heads.nth(1)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert column.all_inner_texts() == [*best_first[::-1], "–"]  # what is missing stays last
    assert head.get_attribute("aria-sort") == "descending"
    for name, expected in (("lr", ["0.01"] * 2 + ["0.2"] * 2 + ["9"]), ("seed", [*"0011", "–"])):
        page.locator("thead").get_by_role("button", name=name).first.click()
        place = [text.rstrip("↕↑↓") for text in heads.all_inner_texts()].index(name) + 1
        assert page.locator(f".sortable tbody td:nth-child({place})").all_inner_texts() == expected
    assert head.get_attribute("aria-sort") is None


def test_a_sweep_tells_of_seeds_and_of_what_failed(page_of_sweep, show):
    page = show(page_of_sweep)
    lines = page.locator("table", has_text="Over seeds").locator("tbody tr").all_inner_texts()
    assert sorted(line.split("\t")[:2] for line in lines) == [["lr 0.01", "0, 1"], ["lr 0.2", "0, 1"]]
    failed = page.locator("#details > details", has_text="optimizer.lr=9")
    failed.locator("summary").click()
    assert "The loss became nan in epoch 1, step 3." in failed.inner_text()


def test_a_brush_keeps_the_runs_that_pass(page_of_sweep, show):
    page = show(page_of_sweep)
    lines = page.locator(".parallel .run")
    assert lines.count() == 4
    axis = page.locator(".parallel .scale", has_text="lr").locator(".catch")
    axis.scroll_into_view_if_needed()
    box = axis.bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] / 3)
    page.mouse.up()
    assert page.locator(".parallel .run.out").count() == 2  # those with the lower rate
    out = page.locator(".sortable tr.out").all_inner_texts()
    assert len(out) == 2
    assert all("\t0.01\t" in text for text in out)
    page.get_by_role("button", name="Show all runs").click()
    assert page.locator(".out").count() == 0


def test_the_legend_takes_runs_out_of_the_charts(page_of_sweep, show):
    page = show(page_of_sweep)
    button = page.locator(".toggles button").first
    run = button.get_attribute("data-toggle")
    line = page.locator(f'figure[data-curve="top1"] .linear .line[data-run="{run}"]')
    assert line.first.is_visible()
    button.click()
    assert line.first.is_hidden()
    button.click()
    assert line.first.is_visible()


def test_a_link_opens_its_run(page_of_sweep, show):
    page = show(page_of_sweep)
    link = page.locator(".sortable tbody a").nth(2)
    link.click()
    opened = page.locator(f"details{link.get_attribute('href')}")
    assert opened.get_attribute("open") is not None


def test_it_fits_a_phone(page_of_sweep, show):
    page = show(page_of_sweep, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_dark_and_paper_have_colours_of_their_own(page_of_run, show):
    page = show(page_of_run, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 23, 27)"
    dark = page.evaluate("document.querySelector('.diagram img').currentSrc")
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert page.evaluate("document.querySelector('.diagram img').currentSrc") != dark


def test_everything_has_a_name(page_of_sweep, page_of_run, show):
    for file in (page_of_sweep, page_of_run):
        page = show(file)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('button, a, img, [role=img], [role=region], th')]
              .filter(e => !(e.getAttribute('aria-label') || e.alt || e.textContent.trim()))
              .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert nameless == []
        levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(e => Number(e.tagName[1]))")
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
        assert len(ids) == len(set(ids))


def test_print_shows_every_run(page_of_sweep, show):
    page = show(page_of_sweep)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#details > details:not([open])").count() == 0


def test_pages_are_small(page_of_run, page_of_sweep):
    for file in (page_of_run, page_of_sweep):
        text = Path(file).read_text(encoding="utf-8")
        assert len(text) < 400_000
        assert set(re.findall(r"https?://[^\"'\s<]*", text)) == set()


@pytest.fixture(scope="module")
def page_of_many(run, tmp_path_factory):
    """Eight runs with long names, which differ in more options than a table has room for."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(8):
        own = {
            "optimizer": {
                "lr": 0.01 * (number + 1),
                "momentum": 0.9 + 0.01 * number,
                "weight_decay": 0.1 * number,
            },
            "trainer": {"clip": number + 1.0, "ema": 0.1 * number, "stochastic_depth": 0.05 * number},
            "loss": {"smoothing": 0.01 * number},
            "augment": {
                "mixup": 0.1 * number,
                "cutmix": 0.1 * number,
                "erase": 0.1 * number,
                "flip": number % 2 == 0,
            },
            "schedule": {"warmup": number},
        }
        name = f"tiny-digits_augment.cutmix=0.{number}_optimizer.momentum=0.{number}_trainer.clip={number}"
        copy = Path(shutil.copytree(run, folder / name))
        values = yamls.load((copy / "config.yaml").read_text())
        for group, options in own.items():
            values[group].update(options)
        (copy / "config.yaml").write_text(run_folder.MARK + yamls.dump(values))
    return _reported(tmp_path_factory, *map(str, sorted(folder.iterdir())), "evaluate=0")


def test_many_runs_fit_the_page(page_of_many, show):
    page = show(page_of_many)
    assert page.locator("#runs tbody tr").count() == 8
    for part in ("#runs", "#parallel", "#options"):
        wide = page.eval_on_selector_all(
            f"{part} .scroll", "all => all.map(e => e.scrollWidth - e.clientWidth)"
        )
        assert set(wide) == {0}, part
    assert "lr 0.03" in page.locator("#runs tbody .unlike").nth(2).inner_text()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # of A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
