# `make help` lists what can be made.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOO_OLD := Houston needs Python 3.10 or newer: make PYTHON=/path/to/python3

.DEFAULT_GOAL := help
.PHONY: help serve test check bench shell lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

serve: $(READY) ## install, migrate, make example data, serve http://127.0.0.1:5000
	$(BIN)/pserve development.ini --reload

test: $(READY) ## run the whole suite on SQLite, and on PostgreSQL where one answers
	$(BIN)/python -m tests.run

check: $(READY) ## lint, types, import directions, security, and what the tests within the process cover
	$(BIN)/ruff check . deploy/try-out
	$(BIN)/ruff format --check . deploy/try-out
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive houston alembic
	$(BIN)/python -m tests.audit
	$(BIN)/python -m tests.covered

bench: $(READY) ## measure against bare Pyramid, Flask and FastAPI in the same run
	$(BIN)/python -m benchmarks

shell: $(READY) ## a Python shell with the database and the models
	$(BIN)/pshell development.ini

lock: ## write requirements.txt anew from setup.py, for every Python that is supported
	rm -rf .make/lock && $(PYTHON) -m venv .make/lock
	.make/lock/bin/pip install --quiet uv
	.make/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 \
	    --no-annotate --custom-compile-command 'make lock' --extra development --output-file requirements.txt setup.py

clean: ## remove what was made here, but not the data in var/
	rm -rf $(VENV) .make build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements.txt setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "$(TOO_OLD)")'
	@echo 'Installing into $(VENV), which takes a minute …'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
