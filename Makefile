# What a newcomer needs is `make demo`, `make test` and `make check`; each sets up what is missing by itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/backend/bin/python
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

.PHONY: help demo demo-ha test test-backend test-integration test-firmware firmware-check test-frontend test-live frontend check format bench bench-page bench-ha screenshots garden-report chaos certs certs-force certs-renew certs-show doctor \
	prod-up prod-down prod-logs prod-build prod-restart prod-status prod-backup prod-restore prod-update lock release setup clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-24s %s\n", $$1, $$2 }'

demo: ## Run the whole system with a virtual garden; Ctrl-C stops everything
	@exec scripts/demo.sh

demo-ha: ## The same with a real Home Assistant beside it, the integration added and a dashboard shown
	@exec scripts/demo-ha.sh

test: ## Pass every test, against a real Mosquitto, PostgreSQL, TimescaleDB and Home Assistant
	@exec scripts/test.sh backend integration,live firmware frontend,browser

test-backend: ## Only the shared language, the backend, the virtual garden and the house rules
	@exec scripts/test.sh backend

test-integration: ## Only what runs under Home Assistant
	@exec scripts/test.sh integration

firmware-check: ## Only the firmware: its headers, its configurations, and a node that runs on this machine
	@exec scripts/test.sh firmware

test-firmware: firmware-check ## The same

test-frontend: ## Only the dashboard: its parts, and the whole in a real browser
	@exec scripts/test.sh frontend browser

test-live: ## Only what needs a real Home Assistant beside the demo (1 GB of packages the first time)
	@exec scripts/test.sh live

check: ## Lint, format, types, layers and house rules; changes nothing
	@exec scripts/check.sh

format: ## Mend what ruff can mend, and format
	@scripts/setup.sh checks && $(PY) -m ruff check --fix-only --quiet && $(PY) -m ruff format

frontend: ## Build the dashboard into frontend/dist, and the card into the integration
	@scripts/frontend.sh dist && scripts/frontend.sh card

bench: ## Measure speed and memory on this machine (ARGS="--quick" for three minutes instead of 25)
	@scripts/setup.sh checks && exec scripts/test-env.sh $(PY) -m tests.bench $(ARGS)

bench-page: ## Measure the dashboard in a browser: first sight, scrolling, a reading's way into it (ARGS="--quick")
	@scripts/setup.sh checks && exec scripts/test-env.sh $(PY) -m tests.bench --only page $(ARGS)

screenshots: ## Take a picture of every page, light and dark, desktop and phone, into build/screenshots (ARGS="--docs": into docs/images too)
	@scripts/setup.sh checks && exec scripts/test-env.sh $(PY) -m tests.screenshots $(ARGS)

bench-ha: ## Measure the Home Assistant integration: a large garden, a reading's way (ARGS="--quick" for a minute)
	@scripts/setup.sh checks && scripts/setup.sh homeassistant && exec scripts/test-env.sh .venv/homeassistant/bin/python -m tests.integration.bench $(ARGS)

garden-report: ## Show how well waterings are found and foretold, into build/ (ARGS="--seeds 101,102,103" for more gardens)
	@scripts/setup.sh checks && $(PY) -m tests.quality $(ARGS)

chaos: ## Kill, freeze and restart everything while readings flow, then count them (about 4 minutes)
	@scripts/setup.sh checks && exec scripts/test-env.sh $(PY) -m tests.chaos

certs: ## Make the production certificates in certs/, signed by an authority of your own; refuses to replace any
	@scripts/prod/certs.sh make

certs-force: ## Make a new authority too: every device must then be given the new certs/ca.crt
	@scripts/prod/certs.sh make --force

certs-renew: ## Make a new server certificate from the same authority; devices notice nothing
	@scripts/prod/certs.sh renew

certs-show: ## Tell the certificates' names, ends and fingerprints
	@scripts/prod/certs.sh show

doctor: ## Look this machine and its settings over for production: what is well, what is not, what to do
	@scripts/prod/doctor.sh

prod-up: ## Build and start the production stack, when settings and certificates are in place
	@scripts/prod/up.sh

prod-down: ## Stop the production stack; its data stays
	@scripts/prod/stack.sh down

prod-logs: ## Follow the logs of all services (SERVICE=backend for one)
	@scripts/prod/stack.sh logs $(SERVICE)

prod-build: ## Build the images anew, without starting anything
	@scripts/prod/stack.sh build

prod-restart: ## Start everything anew, from the images built last; make prod-update does it without a pause
	@scripts/prod/up.sh --restart

prod-status: ## Show what runs, how it feels, and the newest backup
	@scripts/prod/status.sh

prod-backup: ## Make a backup into backups/ now (one is made each day by itself)
	@scripts/prod/stack.sh backup

prod-restore: ## Restore FILE=backups/plantops-…; OVER_DATA=yes where the database holds some
	@scripts/prod/restore.sh "$(FILE)" $(if $(filter yes,$(OVER_DATA)),--over-data)

prod-update: ## Replace the backend by this checkout's, without a pause (after git pull)
	@scripts/prod/update.sh

lock: ## Write requirements/*.txt anew from requirements/*.in (ARGS="--upgrade" for newer versions)
	@exec scripts/lock.sh $(ARGS)

release: ## Build dist/plantops.zip, the Home Assistant integration as HACS installs it
	@scripts/setup.sh checks && { scripts/frontend.sh card >/dev/null || true; } && $(PY) scripts/release.py

setup: ## Only make the environment for checks and tests
	@exec scripts/setup.sh checks

clean: ## Remove the environments and caches of this checkout (the demo's data in .plantops stays)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis firmware/.esphome firmware/examples/.esphome firmware/components/plantops/__pycache__
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
