# make setup | demo | test | check | bench | clean
# Each target makes .venv first if it is missing or older than pyproject.toml.

PYTHON ?= python3
TORCH ?= torch==2.13.0
STAMP := .venv/.installed
SOURCES := src tests
SERVERS := kiwix-tools scowl wordnet-base bubblewrap postgresql
# Debian packages that some tests run against: a real kiwix-serve, the sources of the word lists, Bubblewrap, PostgreSQL

.PHONY: setup demo test check bench clean servers

setup: $(STAMP)

$(STAMP): pyproject.toml
	@test -x .venv/bin/pip || $(PYTHON) -m venv .venv || { \
		rm -rf .venv; test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; }
	.venv/bin/python -m pip install --quiet --disable-pip-version-check '$(TORCH)'
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[all,dev]'
	@touch $@

demo: $(STAMP)
	.venv/bin/gem-gym train game:GuessTheNumber-v1-easy --out runs/demo --force

servers:
	@dpkg -s $(SERVERS) >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SERVERS) >/dev/null; } \
		|| echo "not installed: $(SERVERS); the tests that need them are skipped"

test: $(STAMP) servers
	.venv/bin/python -m pytest -q -n 2 --dist loadgroup

check: $(STAMP)
	scripts/check

bench: $(STAMP)
	.venv/bin/python benchmarks/run_all.py

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
