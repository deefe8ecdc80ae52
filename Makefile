# Each target sets up what it needs; nothing but Python >= 3.11, make and git is expected.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# setuptools warns of every editable install, in sixteen lines that a newcomer would take for a fault.
OURS := PYTHONWARNINGS='ignore:Editable installation'
EDGE_FAULTS := $(addprefix tests/fault/test_, abuse.py audit_stops_the_process.py edge_attacked.py forged_officers.py health_abuse.py \
  kill_under_load.py malformed_input.py noisy_agency.py officers_on_the_wire.py)
PROTOS := $(wildcard protos/jointsanctions/v1/*.proto)

.PHONY: help dev edge lock protos law check audit sbom test test-slow test-edge test-system views pictures faults enemies interop image schemathesis fuzz histories bad-link bench cerbos up tour clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/runtime.lock
	$(OURS) $(BIN)/pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.lock
	$(OURS) $(BIN)/pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.runtime

dev: $(VENV)/.dev  ## everything a developer needs, in .venv

edge: $(VENV)/.runtime  ## what the edge needs, into .venv (docs/edge.md)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/edge.lock

lock:  ## resolve the dependencies anew into requirements/*.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra postgres --extra http --extra console --extra s3 --extra trace --extra completion --extra build pyproject.toml --output-file requirements/runtime.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --all-extras pyproject.toml --output-file requirements/dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra postgres --extra http --extra console --extra s3 --extra trace --extra completion --extra build --extra edge pyproject.toml --output-file requirements/edge.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  requirements/schemathesis.in --output-file requirements/schemathesis.lock

protos: $(VENV)/.dev  ## generate the Python code beside protos/jointsanctions/v1/*.proto, and the descriptor set
	PATH=$(BIN):$$PATH $(BIN)/python -m grpc_tools.protoc -Iprotos --python_out=protos --mypy_out=protos $(PROTOS)
	$(BIN)/python tools/descriptor_set.py protos/jointsanctions/jointsanctions.v1.binpb

law: $(VENV)/.dev  ## write docs/law.md anew: which rule is followed where, and held by which tests
	$(BIN)/python tools/law_index.py > docs/law.md

check: $(VENV)/.dev  ## format, lint, types, layers, protos, known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports
	cd protos && ../$(BIN)/buf lint
	$(BIN)/python tools/audit_dependencies.py

audit: $(VENV)/.dev  ## known vulnerabilities of what the deployment installs, where the advisory service is reached
	$(BIN)/python tools/audit_dependencies.py

sbom: $(VENV)/.dev  ## the bill of materials of the deployment, CycloneDX 1.6, in build/sbom.cdx.json
	mkdir -p build
	$(BIN)/python tools/sbom.py > build/sbom.part && mv build/sbom.part build/sbom.cdx.json

test: $(VENV)/.dev  ## every test that needs nothing but pip
	$(BIN)/pytest

test-slow: $(VENV)/.dev  ## what `make test` and `make test-system` leave out because it takes long (Debian packages)
	tests/system/install-packages
	$(BIN)/pytest -m slow
	$(BIN)/pytest -m slow tests/system

test-edge: $(VENV)/.dev  ## the tests of identity and of what is promised, through the edge
	JSG_TEST_EDGE=1 $(BIN)/pytest tests/e2e $(EDGE_FAULTS) --deselect tests/e2e/test_processes.py::test_the_same_writer_in_a_second_process_does_not_start_and_says_which

test-system: $(VENV)/.dev  ## what needs Debian packages, which it installs (apt-get, as root or by sudo)
	tests/system/install-packages
	$(BIN)/pytest tests/system

views: $(VENV)/.dev  ## every view of the console in each language and each look, kept in build/screens (needs Chromium)
	tests/system/install-packages
	JSG_TEST_LOOKS=all $(BIN)/pytest -n 0 tests/system/test_every_view_in_chromium.py

pictures: $(VENV)/.dev  ## the pictures of docs/users anew, out of the tests that look at these pages (needs Chromium)
	tests/system/install-packages
	JSG_TEST_PICTURES=1 $(BIN)/pytest -n 0 $(addprefix tests/system/, test_console_auditor_in_chromium.py test_console_in_chromium.py test_console_of_hrss_in_chromium.py test_console_referrals_in_chromium.py test_pages_of_users_in_chromium.py)
	$(BIN)/pytest -n 0 tests/unit/test_pictures.py

faults: $(VENV)/.dev  ## kill -9, again and again, and bits turned over: make faults KILLS=1000 SERVED=100 FLIPS=all SEED=7
	$(BIN)/python tests/fault/campaign.py $(or $(KILLS),1000) $(or $(SERVED),100) $(or $(FLIPS),all) $(or $(SEED),20261129)

enemies: $(VENV)/.dev  ## two nodes under load are killed, paused, split off, their clocks moved, their disks filled: make enemies ROUNDS=20 SEED=7 ONLY="disk clock"
	$(BIN)/python tests/fault/enemies.py $(or $(ROUNDS),20) $(or $(SEED),20261130) $(ONLY)

interop: $(VENV)/.dev  ## a log of ours before verifiers that are not ours, as far as they can be installed
	PYTHONPATH=. $(BIN)/python tests/interop/run.py

image: $(VENV)/.dev  ## build the image of deploy/container without a registry, and serve from it (root, Debian: buildah, debootstrap)
	PYTHONPATH=. $(BIN)/python tests/interop/image.py

schemathesis: $(VENV)/.dev  ## every side-car's document before a generator that is not ours: make schemathesis EXAMPLES=20 AREAS="funding awards"
	test -x build/schemathesis/bin/python || $(PYTHON) -m venv build/schemathesis
	build/schemathesis/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/schemathesis.lock
	PYTHONPATH=. $(BIN)/python tests/interop/described.py build/schemathesis/bin/schemathesis $(or $(EXAMPLES),20) $(AREAS)

fuzz: $(VENV)/.dev  ## random and mutated messages to every method: make fuzz CASES=1000000 SEED=7
	CASES=$(or $(CASES),20000) SEED=$(or $(SEED),20261125) $(BIN)/pytest -n 0 tests/fuzz

histories: $(VENV)/.dev  ## invented histories of the store before an oracle, as two nodes see it: make histories HISTORIES=100000 SEED=7
	$(BIN)/python tests/property/histories.py $(or $(HISTORIES),100000) $(or $(SEED),20261130)

bad-link: $(VENV)/.dev  ## a file over a line that breaks: make bad-link SIZE=2G CUTS=20
	$(BIN)/python tests/bad_link.py --size $(or $(SIZE),2G) --cuts $(or $(CUTS),20)

bench: $(VENV)/.dev cerbos  ## the figures F1 to F12 of docs/performance.md: an hour or two, on a quiet machine
	$(BIN)/jsg bench all

cerbos:  ## the policy decision point beside which `jsg bench peers` measures, from npm's registry, in build/cerbos
	mkdir -p build/cerbos
	cp requirements/cerbos/package.json requirements/cerbos/package-lock.json build/cerbos/
	cd build/cerbos && npm ci --ignore-scripts --no-audit --no-fund || echo "Cerbos is not installed: jsg bench peers measures without it"

up: $(VENV)/.runtime  ## a sample city, served until interrupted
	$(BIN)/jsg up

tour: $(VENV)/.runtime  ## the whole story once, from real processes
	$(BIN)/jsg tour

clean:  ## forget the virtual environment and the sample state
	rm -rf $(VENV) var
