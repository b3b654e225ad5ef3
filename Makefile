# Commands of hitl; README.md tells when to use which. Needs Python 3.11+ and, for what apt installs, Debian or a kin.
PYTHON ?= python3
PY := .venv/bin/python
COMPILE := .venv/lock/bin/uv pip compile pyproject.toml --quiet --generate-hashes --no-header --no-annotate \
	--python-version 3.11 --universal $(UPGRADE)

.PHONY: run demo-reset test test-long check messages bench lock installed-run installed-test installed-long installed-check

run: installed-run
	@exec $(PY) manage.py run

demo-reset: installed-run
	@$(PY) manage.py run --afresh

# Both engines side by side, since half of a journey's time is a browser that waits. A test that hangs for ten minutes
# fails and says where.
test: installed-test
	@$(PY) -m tests.both -m "not long" --timeout=600

test-long: installed-long
	@$(PY) -m tests.both -m long

check: installed-check
	@$(PY) -m checks.run

# Takes up what changed in the sentences of code and templates, and compiles; then translate what it names.
messages: installed-check
	@$(PY) -m checks.messages --write

bench: installed-test
	@$(PY) -m bench

# Locks anew from pyproject.toml and both package.json; UPGRADE=--upgrade takes newer releases.
lock:
	@[ -x .venv/lock/bin/uv ] || { $(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv; }
	$(COMPILE) -o requirements/run.txt
	$(COMPILE) --extra test -c requirements/run.txt -o requirements/test.txt
	$(COMPILE) --extra check -c requirements/test.txt -o requirements/check.txt
	$(subst compile pyproject.toml,compile --group node,$(COMPILE)) -o requirements/node.txt
	cd frontend && npm install --package-lock-only --silent
	cd tests/oracles && npm install --package-lock-only --silent

installed-run:
	@$(PYTHON) requirements/install.py run
	@$(PY) frontend/parts.py

installed-test:
	@$(PYTHON) requirements/install.py test
	@$(PY) frontend/parts.py --dev

installed-long: installed-test
	@$(PYTHON) requirements/install.py long
	@$(PY) -m tests.oracles.install

installed-check:
	@$(PYTHON) requirements/install.py check
	@$(PY) frontend/parts.py --dev
