# make demo: the whole way on the sample.  make test: lint, types, import contracts, all tests.  Both make their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench eval lock clean

demo: $(VENV)/demo.stamp
	@$(BIN)/duibiao demo

test: $(VENV)/test.stamp lint
	$(BIN)/python -m pytest

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --diff . > /dev/null || { $(BIN)/ruff format --diff . ; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench.page
	$(BIN)/python -m tests.bench.cadence
	$(BIN)/python -m tests.bench.layout

eval: $(VENV)/test.stamp
	$(BIN)/python -m tests.eval.cadence_changes
	$(BIN)/python -m tests.eval.layout
	@if [ -d ../shared/eval ]; then PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python ../shared/eval/cadence_eval.py run; else echo 'the shared histories (../shared) are not here'; fi

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "duibiao needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/demo.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/demo.stamp

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache data/demo
