# make run · make test · make check · make bench · make lock
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

.PHONY: all run test check bench format lock clean
all: .venv/.ready .venv/.assets

.venv/.ready: requirements/main.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kinbook needs Python 3.11 or newer; set PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Kinbook (once)…"
	@$(PIP) install --require-hashes --requirement requirements/main.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.demo: .venv/.ready requirements/demo.txt
	@$(PIP) install --require-hashes --requirement requirements/demo.txt
	@touch $@

.venv/.dev: .venv/.ready requirements/dev.txt
	@echo "Installing the tools for tests and checks (once)…"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

STATIC := $(shell find src/kinbook -path "*/static/*" -type f) $(shell find src/kinbook -name "*.po")
.venv/.assets: .venv/.ready package-lock.json src/kinbook/web/assets.py $(STATIC)
	@$(BIN)/python -m kinbook.web.assets
	@touch $@

run: all .venv/.demo
	@exec $(BIN)/kinbook demo

test: all .venv/.demo .venv/.dev
	@$(BIN)/python -m tests.run

check: all .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint --quiet --lint src
	@$(BIN)/python -m pytest --quiet -p no:randomly tests/house
	@$(BIN)/kinbook migrate --check-models

bench: all .venv/.dev
	@$(BIN)/python -m bench

format: .venv/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/djlint --quiet --reformat src || true

# The lock files hold hashes and no registry's address.
LOCK = uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-annotate --custom-compile-command "make lock"
lock:
	$(LOCK) requirements/main.in -o requirements/main.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/demo.in -o requirements/demo.txt

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
