PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo notebooks test fast lint format docs bench eval eval-shared fuzz kill soak lock audit test-versions clean

help: ## what there is to make (this list)
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: $(VENV)/demo.stamp ## the whole way on the invented sample, offline
	@$(BIN)/duibiao demo

notebooks: $(VENV)/notebooks.stamp ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir notebooks

test: $(VENV)/test.stamp lint ## all that CI runs: lint, types, import contracts, tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

fast: $(VENV)/test.stamp ## what changed and what imports it, in under two minutes; SINCE=main for more
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python .ci/fast

format: $(VENV)/test.stamp ## sort imports, mend what can be mended, format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/test.stamp ## write the command reference of analysis/README.md anew
	$(BIN)/python -m tests.support.reference

lint: $(VENV)/test.stamp ## ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --diff . > /dev/null || { $(BIN)/ruff format --diff . ; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.stamp ## speed and memory, side by side in one run
	$(BIN)/python -m tests.bench.page
	$(BIN)/python -m tests.bench.tokens
	$(BIN)/python -m tests.bench.cadence
	$(BIN)/python -m tests.bench.layout
	$(BIN)/python -m tests.bench.brief
	$(BIN)/python -m tests.bench.end_to_end
	$(BIN)/python -m tests.bench.growth

eval: $(VENV)/test.stamp ## how right it is, on real histories where they are
	$(BIN)/python -m tests.eval.cadence_changes
	$(BIN)/python -m tests.eval.layout
	$(BIN)/python -m tests.eval.watch_quiet 36
	@if [ -d ../shared/eval ]; then $(MAKE) --no-print-directory eval-shared; else echo 'the real histories (../shared) are not here'; fi

eval-shared:
	export PATH=$(CURDIR)/$(BIN):$$PATH; for mode in hand visible hidden; do python ../shared/eval/columns_eval.py run --mode $$mode || exit 1; done; python ../shared/eval/cadence_eval.py run; python ../shared/eval/similar_eval.py run
	$(BIN)/python -m tests.eval.train_purpose

fuzz: $(VENV)/test.stamp ## mutated files through every parser
	$(BIN)/python -m tests.reliability.fuzz --runs $${FUZZ_RUNS:-100000}

kill: $(VENV)/test.stamp ## kill -9 at random moments
	$(BIN)/python -m tests.reliability.kill $${KILLS:-200}

soak: $(VENV)/test.stamp ## twenty minutes of collecting from a faulty site
	$(BIN)/python -m tests.reliability.soak $${SOAK_S:-1200}

lock: $(VENV)/bin/python ## new versions of everything pyproject.toml allows; then run the tests
	$(BIN)/python .ci/lock

audit: $(VENV)/bin/python ## known vulnerabilities of what is locked; needs the internet
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python -m pip_audit --requirement .ci/requirements.lock --no-deps --disable-pip

test-versions: ## the tests under every Python that is here
	.ci/test-versions

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "duibiao needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/demo.stamp: $(VENV)/bin/python pyproject.toml .ci/requirements.lock
	$(BIN)/python -m pip install --quiet --constraint .ci/requirements.lock --editable .
	@$(BIN)/python -m compileall -q analysis crawler
	@touch $@

$(VENV)/test.stamp: $(VENV)/bin/python pyproject.toml .ci/requirements.lock
	$(BIN)/python -m pip install --quiet --constraint .ci/requirements.lock --editable '.[test]'
	@touch $@ $(VENV)/demo.stamp

$(VENV)/notebooks.stamp: $(VENV)/bin/python pyproject.toml .ci/requirements.lock
	$(BIN)/python -m pip install --quiet --constraint .ci/requirements.lock --editable '.[notebooks]'
	@touch $@

clean: ## remove what make made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache data/demo
