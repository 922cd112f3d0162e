# The RESLOG Library's commands. `make help` lists them.

SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
export PORT

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/:.*## /\t/' | expand -t 20

$(VENV)/.site: requirements.txt
	@$(PYTHON) scripts/make_venv.py $(VENV)
	@echo "Installing what the site needs (a few minutes the first time) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.site requirements-dev.txt
	@echo "Installing what tests and lint need ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: install
install: $(VENV)/.site ## Install the site's dependencies into .venv

.PHONY: run
run: $(VENV)/.site ## Set up what is missing and serve the library at 127.0.0.1:8000 (PORT=)
	@$(MANAGE) set_up
	@exec $(MANAGE) run_all

.PHONY: password
password: $(VENV)/.site ## Make a new password for the administrator
	@$(MANAGE) set_up --new-password

.PHONY: test
test: $(VENV)/.dev ## Run every test that can run here; say what was skipped and why
	@$(BIN)/python -m scripts.run_tests $(TESTS)

.PHONY: lint
lint: $(VENV)/.dev ## Style, types, migrations, system checks and message catalogues
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(MANAGE) makemigrations --check --dry-run
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(MANAGE) check --fail-level WARNING
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(MANAGE) check_messages

.PHONY: format
format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.dev ## Gather interface text into locale/ and compile the catalogues
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(MANAGE) gather_messages

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Take pictures of every page type of a running site (URL=), into var/screenshots
	@$(BIN)/python -m scripts.screenshots --url $(or $(URL),http://127.0.0.1:$(PORT))

.PHONY: guide-pictures
guide-pictures: $(VENV)/.dev ## Take the pictures of the editors' guide again, in English and Turkish
	@GUIDE_PICTURES=docs/images/editors DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m pytest tests/browser/test_publishing.py

.PHONY: demo-files
demo-files: $(VENV)/.dev ## Typeset the demonstration's PDF and DOCX files again
	@$(MANAGE) demo_files

# The demonstration alone, in a database that is gone afterwards, for the command given.
on_the_demonstration = VAR_DIR=$$(mktemp -d) bash -c '$(MANAGE) migrate -v0 && $(MANAGE) load_demo -v0 && \
	$(MANAGE) read_files -v0 && $(1); status=$$?; rm -rf "$$VAR_DIR"; exit $$status'

.PHONY: demo-vectors
demo-vectors: $(VENV)/.dev ## Encode the demonstration's texts again, with the fast encoder
	@$(call on_the_demonstration,$(MANAGE) make_encoder && $(MANAGE) demo_vectors)

.PHONY: encoder-ranges
encoder-ranges: $(VENV)/.dev ## Measure the fast encoder's inputs again, on the demonstration's texts
	@$(call on_the_demonstration,$(MANAGE) measure_encoder)

.PHONY: lock
lock: $(VENV)/.dev ## Pin the dependencies of requirements*.in again, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate -o requirements.txt requirements.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate -o requirements-dev.txt requirements-dev.in

.PHONY: elasticsearch
elasticsearch: ## Fetch, build and start Elasticsearch at 127.0.0.1:9200 (ELASTICSEARCH_PORT=, SECURE=1)
	@$(PYTHON) -m scripts.elasticsearch_node start $(if $(SECURE),--secure)

.PHONY: elasticsearch-stop
elasticsearch-stop: ## Stop it; what it holds stays (SECURE=1 for the secure one)
	@$(PYTHON) -m scripts.elasticsearch_node stop $(if $(SECURE),--secure)

.PHONY: test-cluster
test-cluster: $(VENV)/.dev ## Kill nodes of an Elasticsearch cluster under load (minutes, 2 GB)
	@TEST_CLUSTER=1 DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m pytest -s tests/search/engines/test_elasticsearch_cluster.py

.PHONY: check-stock
check-stock: $(VENV)/.site ## Compare a node's analysis with the expected tokens (URL=)
	@$(BIN)/python -m scripts.check_stock $(URL)

.PHONY: bench
bench: $(VENV)/.site ## Measure the engines on a synthetic library; write docs/performance.md
	@$(MANAGE) bench --out docs/performance.md

.PHONY: bench-pages
bench-pages: $(VENV)/.site ## Measure how long the server takes for each kind of page (WORKS=)
	@OPENBLAS_NUM_THREADS=1 VAR_DIR=$$(mktemp -d) bash -c '$(MANAGE) bench_pages --works $(or $(WORKS),1000); \
		status=$$?; rm -rf "$$VAR_DIR"; exit $$status'

.PHONY: evaluate
evaluate: $(VENV)/.site ## Measure search across languages; write docs/quality.md (ENGINES=)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) make_encoder --if-needed
	@$(MANAGE) report_quality --engine $(or $(ENGINES),embedded) --out docs/quality.md

.PHONY: clean
clean: ## Remove the installed dependencies; the library's data in var/ stays
	rm -rf $(VENV)
