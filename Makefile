# Every target builds what it needs first; a bare `make` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Most tests wait for somebody (a process, a lock, Telegram's pace): more at once than cores.
WORKERS ?= 4
export PYTHONWARNINGS =

.DEFAULT_GOAL := help
.PHONY: help install demo run test check lint types layers check-page soak bench lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Svoi needs Python 3.11 or later; name one: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/runtime ## builds .venv; .venv/bin/svoi is the program

demo: .venv/runtime ## opens the playground: the whole bot in a page, no token needed
	@$(BIN)/svoi demo

run: .venv/runtime ## runs the bot; settings come from the environment or .env
	@$(BIN)/svoi run

test: .venv/dev ## every test, PostgreSQL's included
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "not page and not soak"

lint: .venv/dev ## format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/dev ## mypy --strict
	@$(BIN)/mypy

layers: .venv/dev ## arrows point down
	@$(BIN)/lint-imports

check: lint types layers test check-page ## what CI runs

check-page: .venv/dev ## the playground's page in a real headless Chromium
	@$(BIN)/pytest -q -m page -rs tests/page

soak: .venv/dev ## the long crash run, and many lives of a business by chance
	@$(BIN)/pytest -q -m soak -s tests/crash tests/machine

bench: .venv/dev ## speed, as ratios in one run
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.confirming
	@$(BIN)/python -m tests.bench.rounds
	@$(BIN)/python -m tests.bench.importing

lock: ## pins exact versions with hashes (needs uv)
	@uv pip compile pyproject.toml --extra install --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -q -o requirements.lock
	@uv pip compile pyproject.toml --extra install --extra dev -c requirements.lock --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		-o requirements-dev.lock

clean: ## removes what the targets built
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .import_linter_cache
