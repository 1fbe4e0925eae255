# Two commands do all the set-up: `make run` leaves the site running, `make test` passes the tests.

PYTHON ?= python3
PORT ?= 8000
WEB_CONCURRENCY ?= 2
RUN = .venv/bin/python
# The production server, over plain HTTP on loopback: a proxy in front of it ends TLS.
GRANIAN = .venv/bin/granian --interface wsgi --host 127.0.0.1 --http 1 --no-ws \
	--runtime-mode mt --blocking-threads 32 --respawn-failed-workers
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run serve test bench bench-search fuzz lighthouse lint format requirements messages audit sbom

run: export SITE_URL ?= http://127.0.0.1:$(PORT)
run: .venv/.run .env staticfiles/.collected free-port prepare
	$(RUN) manage.py runserver 127.0.0.1:$(PORT)

serve: .venv/.run .env staticfiles/.collected free-port prepare
	PROMETHEUS_MULTIPROC_DIR=$$(mktemp -d) $(GRANIAN) --port $(PORT) --workers $(WEB_CONCURRENCY) statuscodes.wsgi:application

test: .venv/.dev
	$(RUN) -m pytest $(PYTEST)

# Search against what people would use instead. Needs node, npm and Debian's postgresql.
bench-search: .venv/.dev .env
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	@npm install --silent --no-fund --no-audit --prefix .venv/bench fuse.js@7 minisearch@7
	@.ci/with-postgres sh -c '$(RUN) manage.py migrate -v0 && $(RUN) manage.py load_catalogue -v0 && $(RUN) manage.py bench_search'

# What a page costs beside what people would use instead. Needs Debian's nginx-light and wrk.
bench: .venv/.run .venv/bench-python/.made staticfiles/.collected
	@$(RUN) -m tools.bench --granian "$(GRANIAN)" $(BENCH)

# What no browser sends, to the production server: no fault, no hang, no growth.
fuzz: .venv/.dev staticfiles/.collected
	@$(RUN) -m tools.fuzz --granian "$(GRANIAN)" $(FUZZ)

# Scores of the public pages, below 100 an error. Needs node, npm and Debian's chromium.
lighthouse: .venv/.run staticfiles/.collected
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	@npm install --silent --no-fund --no-audit --prefix .venv/bench lighthouse@12.8.2
	@$(RUN) -m tools.lighthouse --granian "$(GRANIAN)" $(LIGHTHOUSE)

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/djade --check --target-version 5.2 $$(find templates -name '*.html')

format: .venv/.dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djade --target-version 5.2 $$(find templates -name '*.html')

# Pin every dependency with its hashes, for Python 3.11 and newer.
requirements: .venv/.dev
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes tools/peers.in -o tools/peers.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes tools/auditors.in -o tools/auditors.txt

# Are the pinned packages what their hashes say, is Django the newest of its series, is a weakness known?
audit: .venv/.audit
	$(RUN) -m pip download --quiet --no-deps --require-hashes --requirement requirements.txt --dest $$(mktemp -d)
	@$(RUN) -m tools.newest_django
	@.venv/audit/bin/pip-audit --strict --disable-pip --requirement requirements.txt \
		|| { echo "NOT CHECKED for known weaknesses, or weaknesses were found: see above."; exit 1; }

# A bill of materials (CycloneDX 1.6) of what the site runs on.
sbom: .venv/.audit
	.venv/audit/bin/cyclonedx-py requirements requirements.txt --output-reproducible --output-file sbom.json

# Collect and compile the interface's texts (needs gettext); the compiled file is committed.
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

# The stamp is written last, so that a half-made environment is made anew.
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

# The auditors, in an environment of their own: they need not agree with the site about versions.
.venv/.audit: .venv/.run tools/auditors.txt
	@$(PYTHON) -m venv --clear .venv/audit
	@.venv/audit/bin/python -m pip install --quiet --require-hashes --requirement tools/auditors.txt
	@touch $@

# What the site is measured against, in an environment of its own.
.venv/bench-python/.made: .venv/.run tools/peers.txt
	@$(PYTHON) -m venv --clear .venv/bench-python
	@.venv/bench-python/bin/python -m pip install --quiet --require-hashes --requirement tools/peers.txt
	@touch $@

.env:
	@umask 077 && key=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		&& sed "s|^SECRET_KEY=.*|SECRET_KEY=$$key|" .env.example > .env
	@echo "Wrote .env with a new random key."

staticfiles/.collected: .venv/.run .env $(shell find static -type f)
	@DEBUG=false $(RUN) manage.py collectstatic --no-input --verbosity 0
	@mkdir -p $(@D) && touch $@
