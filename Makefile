# `make help` lists what can be made.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help serve test check bench shell lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

serve: $(READY) ## install, migrate, make example data, serve http://127.0.0.1:5000
	$(BIN)/pserve development.ini --reload

test: $(READY) ## run the whole suite on SQLite, and on PostgreSQL where one answers
	$(BIN)/python -m tests.run

check: $(READY) ## lint, format, types, import directions, security, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive houston alembic
	$(BIN)/python -m pytest --quiet tests/migrations
	$(BIN)/python -m tests.audit

bench: $(READY) ## measure against bare Pyramid, Flask and FastAPI in the same run
	$(BIN)/python -m benchmarks

shell: $(READY) ## a Python shell with the database and the models
	$(BIN)/pshell development.ini

lock: ## write requirements.txt anew from setup.py
	rm -rf .make/lock && $(PYTHON) -m venv .make/lock
	.make/lock/bin/pip install --quiet --editable '.[development]'
	.make/lock/bin/pip freeze --exclude-editable > requirements.txt

clean: ## remove what was made here, but not the data in var/
	rm -rf $(VENV) .make build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements.txt setup.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
