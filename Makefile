# make run    install, run the main job on an embedded dataset, write report.html
# make test   install and run the tests with their doctests
# make check  lint, types and tests: what a change must pass
# make bench  every benchmark beside its peers, rows written (hours); make bench-quick  the short ones, only reported
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --disable-pip-version-check --no-input -c constraints.txt
.DEFAULT_GOAL := check
.PHONY: run test slow lint types check bench bench-quick clean

# torch first: with the version fixed, nothing that comes later can pull another one in.
$(VENV)/.run: pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) torch
	$(PIP) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) -e '.[test,lint]'
	touch $@

run: $(VENV)/.run
	$(VENV)/bin/cochain compare digits --report report.html

test: $(VENV)/.dev
	$(VENV)/bin/python -m pytest

slow: $(VENV)/.dev
	$(VENV)/bin/python -m pytest -m slow

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.dev
	$(VENV)/bin/mypy

check: lint types test

$(VENV)/.peers: $(VENV)/.dev benchmarks/peers.txt
	-$(PIP) -r benchmarks/peers.txt
	touch $@

bench: $(VENV)/.peers
	$(VENV)/bin/python -m benchmarks $$($(VENV)/bin/python -m benchmarks --topics)

bench-quick: $(VENV)/.dev
	$(VENV)/bin/python -m benchmarks --quick

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
