# make run: the server for all screens, on http://localhost:$(PORT)     make test: every check     make install: just .venv

PORT ?= 8000
DATA_DIR ?= var
export PORT DATA_DIR

# The first interpreter that is new enough and can make an environment.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: install run test messages migration pictures bench soak emulator
.DEFAULT_GOAL := run

install: .venv/.installed

.venv/.installed: setup.cfg pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@[ -x .venv/bin/python ] || { echo "Installing into .venv ..."; $(PYTHON) -m venv .venv; }
	@$(PIP) --editable .
	@touch $@

.venv/.installed-test: .venv/.installed
	@$(PIP) --editable '.[test]'
	@touch $@

run: install
	@.venv/bin/flask --app wsgi office init
	@.venv/bin/flask --app wsgi office demo
	@exec .venv/bin/python -m core.server

test: .venv/.installed-test
	@.venv/bin/python -m tests.run_all

# Vietnamese in the code is the source; core/translations/en holds the English.
messages: install
	@.venv/bin/pybabel --quiet extract --mapping-file=core/translations/babel.cfg --no-location --sort-output --no-wrap \
		--keywords="_ lazy_gettext" --project=dung-gio --copyright-holder= --output-file=.venv/messages.pot .
	@.venv/bin/pybabel --quiet update --init-missing --locale=en --no-fuzzy-matching --no-wrap --ignore-pot-creation-date --input-file=.venv/messages.pot \
		--output-dir=core/translations
	@.venv/bin/pybabel --quiet compile --directory=core/translations

# make migration m="why": a file for what the models have and the migrations have not.
migration: install
	@.venv/bin/python -m core.migrate "$(m)"

# The pictures of README.md, taken anew.
pictures: .venv/.installed-test
	@.venv/bin/python -m tests.browser.take_pictures

# Measurements as ratios against a reference in the same run; nothing else should run on the machine.
bench: .venv/.installed-test
	@for part in city rush paper lobby reports template hot history ward sockets painter city_morning storm; do .venv/bin/python -m bench.$$part || exit 1; done

# An hour of a lobby: two displays and a phone, a call every five seconds, and whether anything grows.
soak: .venv/.installed-test
	@.venv/bin/python -m bench.soak

# Our pages on the printer emulator `emupos` (PyPI), in an environment of its own; needs Python 3.13 or newer beside.
emulator: .venv/.installed-test
	@.venv/bin/python -m bench.emulator
