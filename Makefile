# make demo: the whole way on the sample.  make test: lint, types, import contracts, all tests.  make notebooks: JupyterLab on them.  Each makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo notebooks test lint bench eval eval-shared fuzz kill soak lock audit test-versions clean

demo: $(VENV)/demo.stamp
	@$(BIN)/duibiao demo

notebooks: $(VENV)/notebooks.stamp
	$(BIN)/jupyter lab --notebook-dir notebooks

test: $(VENV)/test.stamp lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --diff . > /dev/null || { $(BIN)/ruff format --diff . ; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench.page
	$(BIN)/python -m tests.bench.tokens
	$(BIN)/python -m tests.bench.cadence
	$(BIN)/python -m tests.bench.layout
	$(BIN)/python -m tests.bench.brief
	$(BIN)/python -m tests.bench.end_to_end
	$(BIN)/python -m tests.bench.growth

eval: $(VENV)/test.stamp
	$(BIN)/python -m tests.eval.cadence_changes
	$(BIN)/python -m tests.eval.layout
	$(BIN)/python -m tests.eval.watch_quiet 36
	@if [ -d ../shared/eval ]; then $(MAKE) --no-print-directory eval-shared; else echo 'the real histories (../shared) are not here'; fi

eval-shared:
	export PATH=$(CURDIR)/$(BIN):$$PATH; for mode in hand visible hidden; do python ../shared/eval/columns_eval.py run --mode $$mode || exit 1; done; python ../shared/eval/cadence_eval.py run; python ../shared/eval/similar_eval.py run
	$(BIN)/python -m tests.eval.train_purpose

fuzz: $(VENV)/test.stamp
	$(BIN)/python -m tests.reliability.fuzz --runs $${FUZZ_RUNS:-100000}

kill: $(VENV)/test.stamp
	$(BIN)/python -m tests.reliability.kill $${KILLS:-200}

soak: $(VENV)/test.stamp
	$(BIN)/python -m tests.reliability.soak $${SOAK_S:-1200}

# New versions of everything pyproject.toml allows; then run the tests and commit .ci/requirements.lock.
lock: $(VENV)/bin/python
	$(BIN)/python .ci/lock

# Known vulnerabilities of what is locked; asks a public database, so it needs the internet.
audit: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python -m pip_audit --requirement .ci/requirements.lock --no-deps --disable-pip

test-versions:
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

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache data/demo
