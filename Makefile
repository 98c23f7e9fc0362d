# make demo    build everything and start the product with a demo city
# make test    everything CI runs: checks, Go tests on both databases, web tests, browser test
# make check   the quick part: format, vet, types, lint
# make build   bin/allclear, one static binary with the web app inside
# make bench   measurements, written to docs/develop/performance.md by hand

GO      ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/allclear/allclear/internal/app.Version=$(VERSION)
WEB_SRC := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/package.json web/vite.config.ts web/tsconfig.json
GO_SRC  := $(shell find cmd internal migrations policies protocols -type f -name '*' ! -name '*_test.go' 2>/dev/null)

export CGO_ENABLED = 0

.PHONY: demo test check build bench web clean test-go test-web test-browser

build: bin/allclear

bin/allclear: $(GO_SRC) web/dist/index.html web/embed.go go.mod go.sum
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/allclear

web: web/dist/index.html

web/dist/index.html: $(WEB_SRC)
	scripts/install-tools web
	cd web && npm run --silent build
	@touch $@

demo: build
	bin/allclear demo

check: web/dist/.gitkeep
	@test -z "$$(gofmt -l cmd internal migrations policies protocols web/*.go | tee /dev/stderr)"
	$(GO) vet ./...
	scripts/install-tools web
	cd web && npm run --silent lint && npm run --silent types

web/dist/.gitkeep:
	@mkdir -p web/dist && touch $@

test:
	scripts/test

bench: build
	scripts/bench

clean:
	rm -rf bin web/dist/assets web/dist/index.html .tmp
