# Two commands matter: make demo, make test. Both do their own set-up on a bare machine.
PYTHON ?= python3
VENV := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo up down status check test requirements bench bench-quick race growth pages soak faults sabotage replay docs doctor pictures

help:        ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup:       ## environment, locked dependencies, Kafka's jars
	@$(PYTHON) -m deploy.embedded.setup

demo: setup  ## the sample district: one simulated week, then live until Ctrl-C
	@$(VENV) -m deploy.demo

up: setup    ## the whole system in the background
	@$(VENV) -m deploy.embedded up

down:        ## stop what `up` started
	@$(VENV) -m deploy.embedded down

status:      ## how each service of `up` is
	@$(VENV) -m deploy.embedded status

check: setup ## format, lint, types, import rules
	@.venv/bin/ruff format --check -q . && .venv/bin/ruff check -q . && .venv/bin/mypy services deploy tests && .venv/bin/lint-imports --no-logo

test:        ## everything, with real Kafka and PostgreSQL, beside a running demo
	@$(PYTHON) -m deploy.embedded.setup --tests && $(VENV) -m tests

requirements: setup ## how each requirement stands; writes docs/requirements.md
	@$(VENV) -m tests.requirements

faults: setup ## forty scenarios: what breaks, one after another, under load; writes docs/faults.md
	@WHISTLE_FAULTS_PAGE=1 $(VENV) -m pytest -q -s tests/faults --ignore tests/faults/test_week.py --durations=45

sabotage: setup ## take out each guard in a copy; the tests must notice
	@$(VENV) -m tests.sabotage

soak: setup  ## the long tests
	@$(VENV) -m pytest -q --timeout 3600 -m slow && WHISTLE_FAULTS_KAFKA_DOWN_SECONDS=120 $(VENV) -m pytest -q --timeout 1800 tests/faults/test_kills.py

replay: setup ## the 41,548 reports of a year, with kill -9 at random points; about 25 minutes on two quiet cores
	@$(VENV) -m tests.replay

bench: setup ## the goals of the design, measured; writes bench.json
	@$(VENV) -m tests.benchmarks

bench-quick: setup ## the same in three minutes
	@$(VENV) -m tests.benchmarks --quick

race: setup  ## the product beside others, in one run; writes race.json
	@$(VENV) -m tests.benchmarks.race

growth: setup ## one, two, four instances; 10 k, 100 k and 1 M cases, 10 M clocks; writes growth.json; about half an hour, 40 GB of disk
	@$(VENV) -m tests.benchmarks.growth

pages: setup ## docs/performance.md and docs/growth.md from what bench, race and growth left
	@$(VENV) -m tests.benchmarks.pages

docs: setup  ## generated pages and schemas
	@$(VENV) -m deploy.documents

pictures:    ## docs/pictures, taken anew by the journey they show
	@$(PYTHON) -m deploy.embedded.setup --tests && WHISTLE_PICTURES=1 $(VENV) -m pytest -q tests/journeys/test_in_pictures.py

doctor: setup ## what is wrong with this machine or the running system
	@$(VENV) -m deploy.embedded whistle doctor
