# One verb a job; README.md lists them. Everything builds below build/, at most two jobs at once.
SHELL := /bin/bash
JOBS ?= 2
CXX := $(shell command -v g++-12 || echo g++)
CLANG := $(shell command -v clang++-16 || echo clang++)
GENERATOR := $(shell command -v ninja >/dev/null && echo Ninja || echo "Unix Makefiles")
PACKAGES := $(shell grep -v '^\#' tools/packages.txt)
PREFIX ?= /usr/local
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SHARED ?= ../shared
AREA ?=
# Whatever stands first below.
.DEFAULT_GOAL := all
# A precompiled header is cached like what is compiled with it.
export CCACHE_SLOPPINESS = time_macros,pch_defines

configure = cmake -S . -B $(1) -G "$(GENERATOR)" -DCMAKE_CXX_COMPILER=$(2) $(3) > $(1).log 2>&1 || { cat $(1).log; exit 1; }

# The simulator of the Raft core (internal/raft/sim/README.md): one seed, or many from FROM on.
SEED ?=
SEEDS ?= 2000
FROM ?= 1
sim:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS) --target raft_sim
	@build/cmd/raft_sim/raft_sim $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --from $(FROM))

# Everything that can happen to three cores and a few entries, breadth first, up to STATES and SECONDS for each part.
STATES ?= 500000
small-world: SECONDS = 100
small-world:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS) --target raft_sim
	@build/cmd/raft_sim/raft_sim --small-world --states $(STATES) --time $(SECONDS)

# Every planted bug until the simulator sees it, in three ranges of at most CANARY_SEEDS seeds; then those on SQLite and in the
# driver until their tests see them, three times within CANARY_RUNS runs; BUG=n for one.
CANARY_SEEDS ?= 1000
CANARY_RUNS ?= 20
BUG ?= 0
canaries:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS) --target raft_sim_planted storage_raft_test_planted raft_driver_test_planted
	@build/cmd/raft_sim/raft_sim_planted --canaries $(CANARY_SEEDS) --bug $(BUG) 2>/dev/null
	@tools/canaries.sh build $(CANARY_RUNS) $(BUG)

# Those in the driver alone, which are built in half a minute: that a test which fails is seen to fail, for .ci/run.
driver-canaries:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS) --target raft_driver_test_planted
	@tools/canaries.sh build $(CANARY_RUNS) "26 27"

.PHONY: driver-canaries soak sim small-world canaries docs all deps deps-analysis demo test quick conformance bench format analyze asan tsan fuzz install deb refresh stale clean

all:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS)

# Installs what a build or test needs, where something is missing.
deps:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi

# Clang, for `analyze` and `fuzz`.
deps-analysis:
	@$(MAKE) deps PACKAGES="$$(grep -v '^#' tools/packages-analysis.txt | tr '\n' ' ')"

# From a fresh machine to three nodes that lose their active one while they are used; KEEP=1 leaves them running.
KEEP ?=
demo: deps all
	@tools/demo.sh build/cmd/bao/bao "$(KEEP)"

test: all
	@ctest --test-dir build --output-on-failure -j 2

# Only the tests of folders named on the command line: make quick FOLDER=codec
FOLDER ?= .
quick: all
	@ctest --test-dir build --output-on-failure -j 2 -R '$(FOLDER)'

# The recorded scenarios of testdata/conformance-ready.txt but for the steps in conformance-waiting.txt, or those of them in one AREA (a
# pattern); THROUGH=2: those of one node through a standby of three, which has to answer as the active node would.
conformance: all
	@tools/conformance.sh build/cmd/bao/bao "$(AREA)" "$(THROUGH)"

# Three processes under faults for MINUTES, and clients who check every answer (tools/cluster_test/README.md).
MINUTES ?= 10
soak:
	@$(call configure,build,$(CXX),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build build -j $(JOBS) --target bao check_history faulty_machine
	@tools/cluster_test/cluster_test.py build/cmd/bao/bao build/cmd/check_history/check_history build/libfaulty_machine.so --seconds $$((60 * $(MINUTES))) \
	  $(if $(SEED),--seed $(SEED)) --folder build

# Speed of the workloads that this version has; BENCH="--only kv2-read --vs /path/to/other/bao" chooses.
BENCH ?= --only kv2-read,kv1-read,token-lookup,kv2-write-1,kv2-write-16,kv2-write-64,token-create,approle-login,pki-issue,pki-issue-stored,list-10k,start,kv2-read-3n,kv2-write-3n,kv2-write-standby,failover-kill,failover-step-down
bench: all
	@python3 tools/bench/bench.py --bao build/cmd/bao/bao $(BENCH)

format:
	@git ls-files '*.cc' '*.h' | xargs $(shell command -v clang-format-16 || echo clang-format) -i

analyze:
	@$(call configure,build-clang,$(CLANG),-DCMAKE_BUILD_TYPE=Debug)
	@cmake --build build-clang -j $(JOBS)

asan:
	@$(call configure,build-asan,$(CXX),-DCMAKE_BUILD_TYPE=Debug -DBAO_SANITIZE=address$(comma)undefined)
	@cmake --build build-asan -j $(JOBS) && ctest --test-dir build-asan --output-on-failure

tsan:
	@$(call configure,build-tsan,$(CXX),-DCMAKE_BUILD_TYPE=Debug -DBAO_SANITIZE=thread)
	@cmake --build build-tsan -j $(JOBS) && TSAN_OPTIONS=suppressions=$(CURDIR)/tools/tsan.supp ctest --test-dir build-tsan --output-on-failure
comma := ,

# Every fuzz entry for SECONDS each.
SECONDS ?= 60
fuzz:
	@$(call configure,build-fuzz,$(CLANG),-DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DBAO_FUZZ=ON -DBAO_SANITIZE=address$(comma)undefined)
	@cmake --build build-fuzz -j $(JOBS) --target fuzzers
	@for f in $$(find build-fuzz -name '*_fuzz' -type f -executable); do \
	  name=$$(basename $$f); mkdir -p build-fuzz/corpus/$$name; \
	  echo "$$name for $(SECONDS) s"; \
	  $$f -max_total_time=$(SECONDS) -verbosity=0 build-fuzz/corpus/$$name testdata/corpus/$$name || exit 1; done

# Man pages and shell completions from the table of commands; they are checked in.
docs: all
	@build/cmd/bao_docs/bao_docs .

# A Debian package of it: build/bao.deb.
deb: all
	@packaging/deb/build.sh build build/bao.deb

install: all
	@DESTDIR=$(DESTDIR) cmake --install build --prefix $(PREFIX)

# Copies newer scenarios, recordings and fixtures over; `stale` says when that is due.
refresh:
	@tools/refresh.sh $(SHARED) copy
stale:
	@tools/refresh.sh $(SHARED) check

clean:
	@rm -rf build build-*
