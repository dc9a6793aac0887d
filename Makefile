# Everything here needs Python 3.11 or newer and make; the rest is installed into $(VENV).

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
JOBS ?= auto
export PORT

PY := $(VENV)/bin/python
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
PIP := $(PY) -m pip --quiet --quiet --disable-pip-version-check install --require-hashes
PYTEST := $(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder
COMPILE := $(VENV)/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock"

.PHONY: help run test test-slow test-browser lint format types migrations deploy-check openapi check-record lock clean
.DELETE_ON_ERROR:

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r target what; do \
		printf 'make %-13s %s\n' "$$target" "$$what"; done

run: $(RUN) ## serve the starter data on http://127.0.0.1:8000/ (PORT=... for another port)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py rebuild_disputes --missing
	@$(PY) manage.py rebuild_snapshots --missing
	@$(PY) manage.py load_starter
	@$(PY) manage.py make_admin
	@$(PY) manage.py collect_if_changed
	@exec $(PY) -m gunicorn --config config/gunicorn.conf.py config.wsgi

test: $(DEV) ## all tests on SQLite, then on PostgreSQL (TEST_DATABASE_URL) with Redis (TEST_REDIS_URL); ARGS=... for pytest
	@$(call on-both,)

test-slow: $(DEV) ## what takes minutes, on both databases too: whole sweeps, fuzzing, a generated client, half a million claims
	@$(call on-both,-m slow)

test-browser: $(DEV) /usr/bin/chromium ## an editor at work in Debian's Chromium; pictures in $(or $(SCREENSHOTS),/tmp/screenshots)
	@SCREENSHOTS=$(or $(SCREENSHOTS),/tmp/screenshots) $(PY) -m pytest -m browser tests/browser $(ARGS)

/usr/bin/chromium:
	apt-get update && apt-get install --yes --no-install-recommends chromium

define on-both
status=0; \
echo '== Tests on SQLite'; \
env -u DATABASE_URL -u REDIS_URL $(PYTEST) $(1) $(ARGS) || status=$$?; \
if [ -n "$$TEST_DATABASE_URL" ]; then \
	echo "== Tests on PostgreSQL$${TEST_REDIS_URL:+ and Redis}"; \
	DATABASE_URL="$$TEST_DATABASE_URL" REDIS_URL="$$TEST_REDIS_URL" $(PYTEST) $(1) $(ARGS) || status=$$?; \
else \
	echo '**********************************************************************'; \
	printf '*  %-66s*\n' 'PostgreSQL was NOT tested. To test it too, name a server:' \
		'TEST_DATABASE_URL=postgres://user:password@host/name make $@'; \
	echo '**********************************************************************'; \
fi; \
exit $$status
endef

lint: $(DEV) ## ruff: rules and formatting
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

format: $(DEV) ## let ruff repair what lint complains of
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

types: $(DEV) ## mypy
	@$(PY) -m mypy

migrations: $(DEV) ## fail if a model has changed without a migration
	@$(PY) manage.py makemigrations --check --dry-run

deploy-check: $(RUN) ## Django's checks, with the settings that a deployment sets
	@HTTPS=True PUBLIC_URL=https://strikes.example ALLOWED_HOSTS=strikes.example \
		SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(PY) manage.py check --deploy --fail-level WARNING

openapi: $(DEV) ## write docs/openapi.yaml, its examples anew from the starter data, and docs/filters.md
	@set -e; VAR_DIR=$$(mktemp -d); trap 'rm -rf "$$VAR_DIR"' EXIT; \
	export VAR_DIR; unset DATABASE_URL PUBLIC_URL HTTPS DEBUG; \
	$(PY) manage.py migrate --verbosity 0; \
	$(PY) manage.py collect_if_changed; \
	$(PY) manage.py load_starter; \
	$(PY) manage.py capture_examples; \
	$(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml; \
	$(PY) manage.py filter_table > "$$VAR_DIR/filters.md"; \
	mv "$$VAR_DIR/filters.md" docs/filters.md

check-record: $(RUN) ## recompute what the record keeps, and compare
	@$(PY) manage.py check_record

lock: $(DEV) ## compile the requirements (ARGS=--upgrade for the newest versions)
	@$(COMPILE) $(ARGS) --output-file requirements.txt requirements.in
	@$(COMPILE) $(ARGS) --output-file requirements-dev.txt requirements-dev.in

clean: ## remove the environment and the caches; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo '$(PYTHON) is missing or older than Python 3.11. To name another: make PYTHON=python3.11'; exit 1; }
	@echo 'Making the environment $(VENV)'
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt $(VENV)/pyvenv.cfg
	@echo 'Installing requirements.txt'
	@$(PIP) -r requirements.txt
	@touch $@

# The development requirements include all of the others: whoever has these needs no second install.
$(DEV): requirements-dev.txt requirements.txt $(VENV)/pyvenv.cfg
	@echo 'Installing requirements-dev.txt'
	@$(PIP) -r requirements-dev.txt
	@touch $(RUN) $@
