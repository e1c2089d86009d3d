# make build makes ./sailplane; make test tests it. What else there is: make help.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
SHARED  ?= ../shared
DIR     ?= data
HTTP    ?= 127.0.0.1:8080

# The binary, the tests and the linter are compiled alike, so that each package is compiled once for all of them.
# Where a call of gomponents is inlined, the function that it returns is compiled once more: that would be a tenth of all
# code of ours.
FLAGS = -trimpath '-gcflags=maragu.dev/gomponents/...=-l'

export CGO_ENABLED ?= 0
export GOFLAGS     ?= $(FLAGS)

GO_BUILD = CGO_ENABLED=0 go build $(FLAGS) \
	-ldflags "-s -w -X main.version=$(VERSION)"
GOLANGCI = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
SERVER   = .ci/with-server $(if $(DB),--db '$(DB)')
# ONLY as a pattern: "labels issue-*" is labels|issue-.*
space    = $(subst ,, )
PATTERN  = $(if $(ONLY),/^($(subst $(space),|,$(strip $(subst *,.*,$(ONLY)))))$$)

.PHONY: help build size test race lint fuzz bench bench-near conformance sdk live-oracle run dist clean

help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

build: ## Build ./sailplane, one static binary
	$(GO_BUILD) -o sailplane ./cmd

# 45,000,000 are wanted.
MOST = 49000000

size: ## Fail when ./sailplane has more than 49,000,000 bytes
	@n=$$(wc -c < sailplane) && echo "./sailplane has $$n bytes; it may have $(MOST)." && [ "$$n" -le $(MOST) ] || { \
		echo "Most often something has come in that calls reflect's MethodByName with a name that the linker does not know,"; \
		echo "such as the execution of a text/template or html/template: then every exported method of every type stays in,"; \
		echo "some 7 MB. To find it:  go build -o /dev/null -ldflags=-dumpdep ./cmd 2>&1 | grep ReflectMethod"; \
		echo "(only lines with a caller outside of reflect count). Otherwise: go version -m sailplane lists the modules."; \
		exit 1; }

test: ## Run the tests, on Postgres too when SAILPLANE_TEST_POSTGRES is its URL
	@echo "A line for each package as it is done: some five minutes in all on two cores, and as much again on Postgres."
	@[ -n "$$SAILPLANE_TEST_POSTGRES" ] || \
		echo "On SQLite only: SAILPLANE_TEST_POSTGRES=\$$(.ci/postgres start /tmp/pg) make test tests Postgres too."
	go test -timeout 60m $(ARGS) ./...

RACE ?= ./store/... ./jobs ./app ./app/automation ./app/frontend ./app/instance ./app/letter ./app/notify ./app/retention ./app/webhook ./web ./web/auth ./web/events ./web/instance ./web/live ./web/metrics

# SQLite itself is left out: it is C that was translated, whose memory Go does not see as such, and took most of the time.
race: export CGO_ENABLED = 1
race: export GOFLAGS += '-gcflags=modernc.org/sqlite/lib=-race=false'
race: ## Look for races where things happen at once, on SQLite (RACE=./... everywhere; needs a C compiler)
	SAILPLANE_TEST_POSTGRES= go test -race -short -timeout 60m $(ARGS) $(RACE)

lint: ## Vet and lint
	go vet ./...
	$(GOLANGCI) run

fuzz: ## Run each fuzz target for 20 s (ARGS="SECONDS TOTAL"); API=200000 SEED=1: so many requests over the whole API (DB=postgres://…), BEYOND=50000: over what the open edition has not
ifneq ($(API),)
	SAILPLANE_FUZZ_REQUESTS=$(API) SAILPLANE_FUZZ_SEED=$(SEED) SAILPLANE_TEST_POSTGRES='$(DB)' go test -timeout 0 -count 1 -v -run 'TestFuzzedRequests$$/$(if $(DB),postgres,sqlite)' ./web/routes
else ifneq ($(BEYOND),)
	SAILPLANE_FUZZ_BEYOND=$(BEYOND) SAILPLANE_FUZZ_SEED=$(SEED) SAILPLANE_TEST_POSTGRES='$(DB)' go test -timeout 0 -count 1 -v -run 'TestFuzzedRequestsBeyond.*/$(if $(DB),postgres,sqlite)' ./web/routes
else
	.ci/fuzz $(ARGS)
endif

conformance: ## Play the recordings of the reference (ONLY="labels issue-*", DB=postgres://…, BASE=http://… a server that runs)
	SAILPLANE_TEST_POSTGRES='$(DB)' go test -count 1 -timeout 1h -run 'TestRecordings$(PATTERN)' $(ARGS) ./web/conformance $(if $(BASE),-args -base '$(BASE)')

bench: build ## Measure the main operations (DB=postgres://…, ARGS="--items 1000"); TOTAL=1000000: every list in so large a database
ifneq ($(TOTAL),)
	SAILPLANE_BENCH_TOTAL=$(TOTAL) SAILPLANE_BENCH_ITEMS=$(or $(ITEMS),100000) SAILPLANE_TEST_POSTGRES='$(DB)' go test -timeout 0 -count 1 -run TestScale -v ./web/api
else ifneq ($(wildcard $(SHARED)/bench/bench.py),)
	$(SERVER) sh -c 'exec python3 $(SHARED)/bench/bench.py --base "$$SAILPLANE_BASE" --pid "$$SAILPLANE_PID" "$$@"' sh $(ARGS)
else
	go test -run '^$$' -bench . -benchmem $(ARGS) ./...
endif

bench-near: ## How near the limit: lists over the router beside their bare statements
	go test -run '^$$' -bench 'BareLists|^BenchmarkLists$$/^(newest_100|high_and_urgent_with_a_label|board_by_state|board_by_label_and_priority)$$' -benchtime 3s $(ARGS) ./web/api

sdk: build ## Play the official Python and Node clients against a fresh server (DB=postgres://…)
	.ci/sdk/run install
	$(SERVER) sh -c '.ci/sdk/run "$$SAILPLANE_BASE"'

live-oracle: ## Compare the documents of app/ydoc with those of Yjs (ARGS="DOCUMENTS FIRST"; needs node)
	.ci/live-oracle/run $(ARGS)

run: ## Build, and serve on HTTP (127.0.0.1:8080) with the data in DIR (data)
	@echo "Building ./sailplane. The first time all of it is compiled, which takes some minutes (about five on two cores); later seconds."
	@$(MAKE) --no-print-directory build
	@echo "Serving from the folder $(DIR) at http://$(HTTP)/ (Ctrl-C stops it)."
	@./sailplane serve --dir '$(DIR)' --http '$(HTTP)'

PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64

dist: $(PLATFORMS:%=dist/%) ## Make archives, .deb, .rpm, the container's image, SBOM and checksums in dist/ (PLATFORMS="linux/amd64")
	.ci/dist '$(VERSION)' $(PLATFORMS)

dist/%:
	GOOS=$(*D) GOARCH=$(*F) $(GO_BUILD) -o dist/sailplane-$(*D)-$(*F)$(if $(filter windows,$(*D)),.exe) ./cmd

clean: ## Remove what was built
	rm -rf sailplane dist
