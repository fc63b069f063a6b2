# `make help` lists what can be made.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOO_OLD := Houston needs Python 3.10 or newer: make PYTHON=/path/to/python3

.DEFAULT_GOAL := help
.PHONY: help serve test check format docs bench routes shell lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

serve: $(READY) ## install, migrate, make example data, serve http://127.0.0.1:5000
	$(BIN)/pserve development.ini --reload

test: $(READY) ## run the tests on SQLite and, if it answers, on PostgreSQL, the doctests, and the coverage; T=path runs only that
	$(BIN)/python -m tests.run $(T)

check: $(READY) ## lint, types, import directions, security, known holes of packages, and rules about files
	$(BIN)/ruff check . deploy/try-out
	$(BIN)/ruff format --check . deploy/try-out
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive houston alembic
	SKIP=ruff,format,types,imports,security,migrations $(BIN)/pre-commit run --all-files
	$(BIN)/python -m tests.audit

format: $(READY) ## sort imports and format the code
	$(BIN)/ruff check --select I --fix . deploy/try-out
	$(BIN)/ruff format . deploy/try-out

docs: $(READY) ## build the documentation in build/docs; a warning is an error
	rm -rf docs/api
	$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going --jobs auto docs build/docs

bench: $(READY) ## measure against bare Pyramid, Flask and FastAPI in the same run
	$(BIN)/python -m benchmarks

routes: $(READY) ## list the operations with their views and permissions
	$(BIN)/invoke app.endpoints

shell: $(READY) ## open ipython with the database, the models and the services
	$(BIN)/pshell development.ini

lock: ## write requirements.txt from setup.py, for every supported Python
	rm -rf .make/lock && $(PYTHON) -m venv .make/lock
	.make/lock/bin/pip install --quiet uv
	.make/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 \
	    --no-annotate --custom-compile-command 'make lock' --extra development --output-file requirements.txt setup.py

clean: ## remove what was built, but not the data in var/
	rm -rf $(VENV) .make build dist docs/api *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements.txt setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "$(TOO_OLD)")'
	@echo 'Installing into $(VENV), which takes a minute …'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
