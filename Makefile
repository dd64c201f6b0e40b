# `make` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8000
SLOW_FIRST := tests/jobs tests/e2e tests/web tests/hostile tests/test_measure_files.py tests/test_docs.py

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo run test check bench load docs golden translations clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m compileall -q tariffcalc
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

install: $(VENV)/.installed ## .venv with .venv/bin/tariffcalc

install-dev: $(VENV)/.installed-dev ## the same with what tests and checks need

demo: install ## what the tariffs on Canada and Mexico cost, by sector and month, and by measure
	@echo "US imports from Canada and Mexico: duty by HS section and month"
	@$(BIN)/tariffcalc estimate us-north-america-2025 --by sector,month
	@echo
	@echo "By country and month"
	@$(BIN)/tariffcalc estimate us-north-america-2025 --by origin,month
	@echo
	@echo "By country and measure"
	@$(BIN)/tariffcalc estimate us-north-america-2025 --by origin,measure

run: demo ## the same, then serve http://$(HOST):$(PORT), with a worker for long estimates
	@echo
	@echo "serving http://$(HOST):$(PORT)  (Ctrl-C stops)"
	@$(BIN)/tariffcalc serve --host $(HOST) --port $(PORT)

test: export PYTHONDONTWRITEBYTECODE = # the many programs that tests start need not be compiled each time
test: install-dev ## all tests
	@$(BIN)/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder $(SLOW_FIRST) tests

check: install-dev ## lint, types, law files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/tariffcalc check

bench: install-dev ## speed, as ratios measured in one run
	@$(BIN)/python tests/bench/bench.py

load: install-dev ## sixteen clients at once for half a minute
	@$(BIN)/python tests/load/load.py

golden: install-dev ## rewrite the golden results; read the diff
	@$(BIN)/python tests/golden/write.py

docs: install-dev ## redraw the charts, write what every command of the documentation prints, and check it
	@$(BIN)/python tools/draw_readme_chart.py
	@$(BIN)/python tools/draw_effective_rate.py
	@$(BIN)/python -m tests.documents
	@$(BIN)/python -m tests.web.test_api_docs
	@$(BIN)/python -m tests.client.test_client_docs
	@$(BIN)/python -m pytest -q tests/test_docs.py

translations: install-dev ## compile the texts of the exporter's page in other languages
	@$(BIN)/pybabel compile --directory tariffcalc/web/pages/translations

clean: ## drop what the targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
