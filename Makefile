# The two commands: `make demo` and `make test`. Both install what they need into .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STAMP := $(VENV)/installed
SYSTEM_LIBS := libglib2.0-0 libx11-6 libxext6 libxrender1 libexpat1
TEST_PROGRAMS := chromium poppler-utils texlive-latex-base texlive-latex-recommended texlive-pictures wordnet-base

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint unit format gallery models tour bench fuzz install system programs clean FORCE

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP)  ## draw AlexNet and ResNet-50, then train a small ResNet on real digits (about two minutes)
	@$(BIN)/python -m zoo.demo

test: lint unit  ## everything that must hold: lint, then all tests, the long ones included

lint: $(STAMP)  ## style, formatting, types, and which way imports point
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/netc fmt --check specs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# One thread a worker: two workers with a thread pool each only wait for one another.
unit: $(STAMP)  ## all tests, in parallel
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal --durations 15

format: $(STAMP)  ## rewrite the sources in the one format, with the fixes that ruff is sure of
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/netc fmt specs

gallery: $(STAMP)  ## draw the pictures of docs/gallery.md anew
	$(BIN)/python docs/make_gallery.py

models: $(STAMP)  ## count the nets of the specs and write docs/models.md, its pages and their pictures
	$(BIN)/python -m docs.make_models

tour: $(STAMP)  ## run docs/tour.ipynb and keep what it shows
	$(BIN)/python docs/make_tour.py

bench: $(VENV)/bench  ## all benchmarks against other tools (about a quarter of an hour; use an idle machine)
	$(BIN)/python -m benchmarks

install: $(STAMP)  ## the environment in .venv, with exactly the versions of constraints.txt

# An environment holds absolute paths: in a checkout that was moved or copied it is made anew.
ifneq ($(CURDIR),$(shell cat $(STAMP) 2>/dev/null))
$(STAMP): FORCE
endif
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: this project needs Python 3.11 or newer, and '$(PYTHON)' is not; name one: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "make: Python's venv module is missing; install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "make: installing into $(VENV) (some minutes the first time)"
	@[ ! -e $@ ] || [ "$$(cat $@)" = "$(CURDIR)" ] || rm -r $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -qq -c constraints.txt torch
	@$(PIP) install -qq -c constraints.txt --editable '.[dev]'
	@$(PIP) install -qq -c constraints.txt --no-deps torchvision  # what tests and benchmarks compare with
	@$(BIN)/python -c 'import pygraphviz' 2>/dev/null || \
	  echo "make: drawing needs system libraries that this machine lacks: sudo apt-get install $(SYSTEM_LIBS)"
	@printf '%s' '$(CURDIR)' > $@

# The tools that are drawn against have an environment of their own, on top of ours: one brings a package `tests`.
$(VENV)/bench: $(STAMP)
	@$(PYTHON) -m venv $(VENV)/peers
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > "$$($(VENV)/peers/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ours.pth"
	@$(VENV)/peers/bin/python -m pip --disable-pip-version-check install -qq -c constraints.txt \
	  torchview torchviz torchvista visualtorch
	@touch $@

# Ten minutes, or as many as `make fuzz MINUTES=60` says; what is found new is kept for the next time.
MINUTES ?= 10
fuzz: $(STAMP)  ## a thousand random nets against torch, then ten minutes of damaged specs
	OMP_NUM_THREADS=1 FUZZ_NETS=1000 $(BIN)/python -m pytest tests/fuzz/test_valid_nets.py -o timeout=3600
	$(BIN)/python -m tests.fuzz.atheris_spec build/fuzz -max_total_time=$$(($(MINUTES) * 60)) -artifact_prefix=build/

system:  ## the system libraries that drawing loads (as root)
	@apt-get install --yes --no-install-recommends --no-upgrade $(SYSTEM_LIBS)

programs:  ## a browser, LaTeX and WordNet: tests of pages, of TeX and of synsets are skipped without them (as root)
	@apt-get install --yes --no-install-recommends --no-upgrade $(TEST_PROGRAMS)

clean:  ## remove the environment, caches and builds; keep runs
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find netcompiler zoo tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
