# Two commands do all the set-up: `make run` starts the site, `make test` runs all tests.

PYTHON ?= python3
PORT ?= 8000
WEB_CONCURRENCY ?= 2
RUN = .venv/bin/python
# The production server, over plain HTTP on loopback: a proxy in front of it terminates TLS.
GRANIAN = $(RUN) -m statuscodes.server --interface wsgi --host 127.0.0.1 --http 1 --no-ws \
	--runtime-mode mt --blocking-threads 32 --blocking-threads-idle-timeout 600 --respawn-failed-workers
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run dev serve answers test test-fast test-next bench bench-search fuzz lighthouse lint format requirements messages
.PHONY: audit sbom

run: export SITE_URL ?= http://127.0.0.1:$(PORT)
run: export ANSWERS_URL ?= /status
run: .venv/.run .env staticfiles/.collected free-port prepare
	$(RUN) manage.py runserver 127.0.0.1:$(PORT)

# The site with DEBUG on: Django's technical error pages, and templates and styles re-read when they change.
dev: export SITE_URL = http://127.0.0.1:$(PORT)
dev: export ANSWERS_URL = /status
dev: .venv/.run .env free-port prepare
	DEBUG=true $(RUN) manage.py runserver 127.0.0.1:$(PORT)

serve: .venv/.run .env staticfiles/.collected free-port prepare
	@rm -rf .metrics/$(PORT)
	PROMETHEUS_MULTIPROC_DIR=.metrics/$(PORT) $(GRANIAN) --port $(PORT) --workers $(WEB_CONCURRENCY) statuscodes.wsgi:application

# Live answers for this machine: http://127.0.0.1:8090/503. Without the limits that a public host has.
answers: PORT = 8090
answers: .venv/.run .env free-port answers.json
	$(RUN) -m answers --file answers.json --port $(PORT) --unlimited

answers.json: .venv/.run .env $(shell find fixtures -name '*.yaml')
	@$(MAKE) --no-print-directory prepare
	@$(RUN) manage.py export_answers $@

# pytest rewrites asserts when it compiles a test, which takes seconds if the result may not be kept.
test test-fast test-next: export PYTHONDONTWRITEBYTECODE =

test: .venv/.dev
	$(RUN) $(COVER) -m pytest $(PYTEST)

# Without servers, browsers, the catalogue's content and long lists of queries. These never wait: a process for each core.
test-fast: .venv/.dev
	$(RUN) -m pytest -n auto -m "not live and not browser and not content" $(PYTEST)

# The fast tests on the newest Django, which needs Python 3.12 or newer.
test-next: .venv/next/.made
	.venv/next/bin/python -m pytest -n auto -m "not live and not browser and not content" $(PYTEST)

# Search against alternatives. Needs node, npm and Debian's postgresql.
bench-search: .venv/.dev .env
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	@npm install --silent --no-fund --no-audit --prefix .venv/bench fuse.js@7 minisearch@7
	@.ci/with-postgres sh -c '$(RUN) manage.py migrate -v0 && $(RUN) manage.py load_catalogue -v0 && $(RUN) -m tools.bench.search'

# What a page costs against alternatives. Needs Debian's nginx-light, openssl and wrk.
bench: .venv/.run .venv/bench-python/.made staticfiles/.collected
	@$(RUN) -m tools.bench --granian "$(GRANIAN)" $(BENCH)

# Fuzz the production server: no 5xx, no hangs, no memory growth.
fuzz: .venv/.dev staticfiles/.collected
	@$(RUN) -m tools.fuzz --granian "$(GRANIAN)" $(FUZZ)

# Lighthouse scores of the public pages; below 100 is an error. Needs node, npm and Debian's chromium.
lighthouse: .venv/.run staticfiles/.collected
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	@npm install --silent --no-fund --no-audit --prefix .venv/bench lighthouse@12.8.2
	@$(RUN) -m tools.lighthouse --granian "$(GRANIAN)" $(LIGHTHOUSE)

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/djade --check --target-version 5.2 $$(find templates -name '*.html')

format: .venv/.dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djade --target-version 5.2 $$(find templates -name '*.html')

# Pin every dependency with its hashes, for Python 3.11 and newer.
requirements: .venv/.dev
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements.txt -o requirements-dev.txt
	$(COMPILE) --group bench -o tools/requirements-bench.txt
	$(COMPILE) --group audit -o tools/requirements-audit.txt

# Check the hashes of the pinned packages, that Django is the newest of its series, and known vulnerabilities.
audit: .venv/.audit
	$(RUN) -m pip download --quiet --no-deps --require-hashes --requirement requirements.txt --dest $$(mktemp -d)
	@$(RUN) -m tools.newest_django
	@.venv/audit/bin/pip-audit --strict --disable-pip --requirement requirements.txt \
		|| { echo "NOT CHECKED for known vulnerabilities, or some were found: see above."; exit 1; }

# A bill of materials (CycloneDX 1.6) of what the site runs on.
sbom: .venv/.audit
	.venv/audit/bin/cyclonedx-py requirements requirements.txt --output-reproducible --output-file sbom.json

# Collect and compile the texts of the interface (needs gettext). The compiled file is committed.
messages: .venv/.dev .env
	$(RUN) manage.py makemessages --locale ko --no-wrap --no-location --no-obsolete --ignore .venv
	$(RUN) manage.py compilemessages --locale ko --ignore .venv

.PHONY: prepare free-port
prepare: .venv/.run .env
	@$(RUN) manage.py migrate --no-input --verbosity 0
	@$(RUN) manage.py load_catalogue

free-port: .venv/.run
	@$(RUN) -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo "Port $(PORT) is taken. Choose another: make $(MAKECMDGOALS) PORT=8123"; exit 1; }

# The stamp is written last, so that an unfinished environment is built again.
.venv/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $(PYTHON) is older. Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@rm -rf .venv
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --require-hashes --requirement requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(RUN) -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# The auditing tools have an environment of their own, because their versions may differ from the site's.
.venv/.audit: .venv/.run tools/requirements-audit.txt
	@$(PYTHON) -m venv --clear .venv/audit
	@.venv/audit/bin/python -m pip install --quiet --require-hashes --requirement tools/requirements-audit.txt
	@touch $@

# The alternatives that the site is measured against, in an environment of their own.
.venv/bench-python/.made: .venv/.run tools/requirements-bench.txt
	@$(PYTHON) -m venv --clear .venv/bench-python
	@.venv/bench-python/bin/python -m pip install --quiet --require-hashes --requirement tools/requirements-bench.txt
	@touch $@

# A newer Django changes what some packages need, so only the site's own versions are fixed.
.venv/next/.made: pyproject.toml
	@next=$$(for each in python3.14 python3.13 python3.12 ~/.pyenv/versions/3.1[2-9]*/bin/python; do \
			"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo "$$each" && break; done) \
		&& test -n "$$next" || { echo "Python 3.12 or newer is needed for the newest Django."; exit 1; }; \
		"$$next" -m venv --clear .venv/next
	@sed -n '/^dependencies = \[/,/^\]/p; /^dev = \[/,/^\]/p' pyproject.toml | sed -n 's/^    "\([^"]*\)".*/\1/p' \
		| sed 's/^Django.*/Django>=6,<7/' > .venv/next/requirements.txt
	@.venv/next/bin/python -m pip install --quiet --requirement .venv/next/requirements.txt
	@touch $@

.env:
	@umask 077 && key=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		&& sed "s|^SECRET_KEY=.*|SECRET_KEY=$$key|" .env.example > .env
	@echo "Wrote .env with a new random key."

staticfiles/.collected: .venv/.run .env $(shell find static -type f)
	@DEBUG=false $(RUN) manage.py collectstatic --no-input --verbosity 0
	@mkdir -p $(@D) && touch $@
