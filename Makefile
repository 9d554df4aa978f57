# All paths are relative: make cannot handle blanks in names, and the checkout may have some in its own.
# Programs run as ".venv/bin/python -m …": the scripts beside it name an absolute path, which may not survive.

PORT ?= 8000
DATA_DIR ?= var
ARGS ?=
export PORT DATA_DIR
py := .venv/bin/python

help: ## this list
	@sed -n 's/^\([a-z][a-z]*\):.*## /make \1	/p' Makefile

demo: .venv/demo ## the site with a demo newsroom on http://127.0.0.1:8000; PORT= and DATA_DIR= choose others
	@DEBUG=0 SITE_URL="$${SITE_URL:-http://127.0.0.1:$$PORT}" exec $(py) manage.py run_demo --port "$$PORT" --end-with-parent

test: .venv/test ## every test that CI runs; ARGS="tests/articles -x" runs some
	@$(py) -m ruff check .
	@$(py) -m ruff format --check --quiet . || { echo "Not formatted: run $(py) -m ruff format ."; exit 1; }
	@$(py) -m djlint --lint --quiet templates
	@DJANGO_SETTINGS_MODULE=tests.settings $(py) manage.py check --fail-level WARNING
	@DJANGO_SETTINGS_MODULE=tests.settings $(py) manage.py makemigrations --check --dry-run
	@exec $(py) -m pytest $(ARGS)

bench: .venv/test ## benchmarks; ARGS="--json FILE --comments 1000000"
	@exec $(py) -m tests.bench $(ARGS)

screenshots: .venv/test ## pictures of every page type into var/screenshots/
	@exec $(py) -m tests.screenshots $(ARGS)

# A second "make demo" is quick because these compare contents, not times: git changes the times of files.
.venv/demo .venv/test: FORCE
	@$(ensure_venv)
	@name=$(@F); want="requirements/$$name.txt"; have=".venv/$$name"; \
	if ! cmp -s "$$want" "$$have"; then \
	  echo "Installing what healthnews needs into .venv (half a minute) …"; \
	  rm -f .venv/demo .venv/test; \
	  $(py) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$$want" || exit 1; \
	  cp "$$want" "$$have"; [ "$$name" = demo ] || cp requirements/demo.txt .venv/demo; \
	fi

define ensure_venv
	if ! .venv/bin/python -c "import sys, pip; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then \
	  found=""; bare=""; \
	  for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    "$$p" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || continue; \
	    if "$$p" -c "import venv, ensurepip" 2>/dev/null; then found="$$p"; break; fi; \
	    bare="$$p"; \
	  done; \
	  if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	    echo "$$bare cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv." >&2; exit 1; \
	  elif [ -z "$$found" ]; then \
	    echo "healthnews needs Python 3.11 or newer, as python3." >&2; exit 1; \
	  fi; \
	  echo "Making .venv with $$("$$found" --version) …"; \
	  "$$found" -m venv --clear .venv || exit 1; \
	fi
endef

LOCK = uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate
lock: ## new versions, with hashes, into requirements/ (needs uv)
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group demo --constraint requirements/run.txt --output-file requirements/demo.txt
	$(LOCK) --group test --constraint requirements/demo.txt --output-file requirements/test.txt

FORCE:
.DEFAULT_GOAL := help
.PHONY: help demo test bench screenshots lock FORCE
