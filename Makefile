# make check   verify every spec in spec/, print the verdicts, write reports/
# make test    run all tests
# make pictures  draw docs/pictures/ anew
# Both set up .venv first, from requirements.lock, and again only when that or pyproject.toml changes.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
BIN := .venv/bin
READY := .venv/.ready

# With SOURCE_TREE=DIR, tables bound to C files are compared with those in DIR; reports/ is about the specs alone.
ifdef SOURCE_TREE
SOURCES := --source-tree "$(SOURCE_TREE)"
else
SOURCES := --no-source-tree --report markdown=reports/
endif

.PHONY: check test lint pictures lock clean

check: $(READY)
ifndef SOURCE_TREE
	@rm -rf reports
endif
	@$(BIN)/arcproof check spec --no-cache --jobs $(JOBS) $(SOURCES)

test: $(READY)
	@PYTHONHASHSEED=0 $(BIN)/pytest -n $(JOBS) --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A picture is named SPEC.svg, or SPEC.PROPERTY.svg where it shows a counterexample.
pictures: $(READY)
	@for picture in docs/pictures/*.svg; do name=$$(basename $$picture .svg); \
		$(BIN)/arcproof graph spec/vfio/$${name%%.*}.arc $$(case $$name in *.*) echo --property $${name#*.};; esac) -o $$picture; \
	done

# Needs uv, which the set-up itself does not.
lock:
	uv pip compile pyproject.toml --group dev --universal --fork-strategy fewest --generate-hashes --no-annotate \
		--no-header --python-version 3.11 --upgrade -o requirements.lock

clean:
	rm -rf .venv build dist

$(READY): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "arcproof needs Python 3.11 or newer with its venv module; none of python3.11," \
		"python3.12, python3.13, python3.14, python3 is that. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up .venv with $(PYTHON)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@
