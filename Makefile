# Lexmq. `make help` lists the targets; README.md explains them.

BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
VERSION := $(shell cat VERSION)

CPPFLAGS += -D_GNU_SOURCE -DLEXMQ_VERSION='"$(VERSION)"' -DLEXMQ_DATADIR='"$(PREFIX)/share/lexmq"' -I. -Iclient/include $(shell pkg-config --cflags libmariadb)
OPTIMIZE ?= -O2
CFLAGS   ?= $(OPTIMIZE) -g
WARNINGS := -Werror=format-security -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wpointer-arith
# docs/hardening.md says what each is for and what it costs; a flag that the compiler or the processor does not know is left out.
flag = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
ifeq ($(origin HARDEN),undefined)
HARDEN := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 $(call flag,-fstack-clash-protection) \
    $(call flag,-fcf-protection) $(call flag,-mbranch-protection=standard) $(call flag,-ftrivial-auto-var-init=zero)
endif
ifdef WERROR
WARNINGS += -Werror
endif
ALL_CFLAGS = -std=gnu11 -fPIC -fvisibility=hidden -pthread $(WARNINGS) $(HARDEN) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -pthread -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS) $(SANITIZE)

COMMON_LIBS  := -lczmq -lzmq -lmsgpackc -lsodium -lutf8proc -lmariadb -lmicrohttpd -lseccomp
gateway_LIBS     :=
auth-svc_LIBS    :=
lookup-svc_LIBS  := -lz -lpcre2-8 -lm
history-svc_LIBS :=
dict_LIBS        := -lz -lcsv
client_LIBS      := -ledit

# A component is a folder of sources; all of it but main.c becomes build/lib/NAME.a, which the program and its unit tests link.
COMPONENTS := gateway auth-svc lookup-svc history-svc dict sql client common/keygen
gateway_PROGRAM       := lexmq-gateway
auth-svc_PROGRAM      := lexmq-auth
lookup-svc_PROGRAM    := lexmq-lookup
history-svc_PROGRAM   := lexmq-history
dict_PROGRAM          := lexmq-dict
sql_PROGRAM           := lexmq-migrate
client_PROGRAM        := lexmq
common/keygen_PROGRAM := lexmq-keygen

PROGRAMS := $(foreach c,$(COMPONENTS),$(BUILD)/bin/$($(c)_PROGRAM))
COMMON   := $(BUILD)/lib/common.a
# In every program, and in no library: a free of its own.
HEAP     := $(BUILD)/obj/common/heap/free.o
LIBLEXMQ := $(BUILD)/lib/liblexmq.a $(BUILD)/lib/liblexmq.so $(BUILD)/lib/pkgconfig/lexmq.pc

all: programs library
programs: $(PROGRAMS)
library: $(LIBLEXMQ)

# V=1 shows every command.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(COMMON): $(call objects,common)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

define component_rules
$(BUILD)/lib/$(1).a: $$(filter-out %/main.o,$$(call objects,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$$(AR) rcs $$@ $$^

$(BUILD)/bin/$($(1)_PROGRAM): $(BUILD)/obj/$(1)/main.o $(BUILD)/lib/$(1).a $(if $(filter client,$(1)),$(BUILD)/lib/liblexmq.a) $(COMMON) $(HEAP)
	@mkdir -p $$(@D)
	$(call say,LD,$(BUILD)/bin/$($(1)_PROGRAM))
	$(Q)$$(CC) $$(ALL_LDFLAGS) -pie -o $$@ $$^ $$($(1)_LIBS) $$(COMMON_LIBS)
endef
$(foreach c,$(COMPONENTS),$(eval $(call component_rules,$(c))))

# liblexmq: client/lib and what it needs of common, in one archive and one shared object.
LIBRARY_OBJECTS := $(call objects,client/lib) $(call objects,common)
$(BUILD)/lib/liblexmq.a: $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
# From the archive only what is needed, so that a client does not load the database's library.
$(BUILD)/lib/liblexmq.so.0: $(call objects,client/lib) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,liblexmq.so.0 -o $@ $^ $(COMMON_LIBS)
$(BUILD)/lib/liblexmq.so: $(BUILD)/lib/liblexmq.so.0
	$(Q)ln -sf liblexmq.so.0 $@
$(BUILD)/lib/pkgconfig/lexmq.pc: client/lexmq.pc.in VERSION Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' $< > $@

# Unit tests: tests/unit/AREA/test_*.c, linked with AREA's archive.
UNIT_SOURCES := $(wildcard tests/unit/*/test_*.c tests/unit/common/keygen/test_*.c)
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SOURCES))
unit-tests: $(UNIT_TESTS)

.SECONDEXPANSION:
area = $(patsubst %/,%,$(dir $(1)))
area_archive = $(if $(filter common,$(1)),,$(if $(filter client,$(1)),$(BUILD)/lib/client.a $(BUILD)/lib/liblexmq.a,$(BUILD)/lib/$(1).a))
$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $$(call area_archive,$$(call area,$$*)) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $($(call area,$*)_LIBS) $(COMMON_LIBS) -lz

$(BUILD)/tests/common/test_heap: $(HEAP)

# System-test programs: tests/system/*.c, linked with the shared library as a user's program would be.
SYSTEM_PROGRAMS := $(patsubst tests/system/%.c,$(BUILD)/tests/system/%,$(wildcard tests/system/*.c))
system-programs: $(SYSTEM_PROGRAMS)
$(SYSTEM_PROGRAMS): $(BUILD)/tests/system/%: $(BUILD)/obj/tests/system/%.o $(LIBLEXMQ)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< -L$(BUILD)/lib -Wl,-rpath,'$$ORIGIN/../../lib' -llexmq

# What the fault campaign needs beside Python: the network between its namespaces, and a wall clock that can be stepped.
CHAOS_PROGRAMS := $(BUILD)/tests/chaos/lexmq-wire $(BUILD)/tests/chaos/clock.so
chaos-programs: $(CHAOS_PROGRAMS)
$(BUILD)/tests/chaos/lexmq-wire: $(BUILD)/obj/tests/chaos/wire.o $(BUILD)/obj/tests/chaos/wire_queue.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^
# Loaded into programs that know nothing of it, so without a sanitizer's runtime, which must come first.
$(BUILD)/obj/tests/chaos/clock.o $(BUILD)/tests/chaos/clock.so: override SANITIZE :=
$(BUILD)/tests/chaos/clock.so: override LDFLAGS :=
$(BUILD)/tests/chaos/clock.so: $(BUILD)/obj/tests/chaos/clock.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ -ldl

# Benchmark programs: bench/*.c, each one program. Most speak the wire themselves; PROGRAM_COMPONENTS are those whose code one
# measures from within.
search_COMPONENTS     := lookup-svc
make_index_COMPONENTS := lookup-svc dict
BENCH_PROGRAMS := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))
bench-programs: $(BENCH_PROGRAMS)
$(BENCH_PROGRAMS): $(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/lib/bench.a $$(addprefix $(BUILD)/lib/,$$(addsuffix .a,$$($$*_COMPONENTS))) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(foreach c,$($*_COMPONENTS),$($(c)_LIBS)) $(COMMON_LIBS)
$(BUILD)/lib/bench.a: $(call objects,bench/lib)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Fuzz targets: tests/fuzz/fuzz_*.c, each linked with the archives of the folders that it, or a header beside it, includes.
# Only `make fuzz` builds them, into a folder of its own.
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz-targets: $(FUZZ_TARGETS)
fuzz_headers = $(filter $(wildcard tests/fuzz/*.h),$(shell sed -n 's/^#include "\(tests\/fuzz\/.*\)"/\1/p' tests/fuzz/$(1).c))
fuzz_parts = $(foreach c,$(COMPONENTS),$(if $(shell grep -l '^#include "$(c)/' tests/fuzz/$(1).c $(call fuzz_headers,$(1))),$(c)))
$(FUZZ_TARGETS): $(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $$(foreach c,$$(call fuzz_parts,$$*),$(BUILD)/lib/$$(c).a $$(if $$(filter client,$$(c)),$(BUILD)/lib/liblexmq.a)) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $^ $(foreach c,$(call fuzz_parts,$*),$($(c)_LIBS)) $(COMMON_LIBS)

# Programs of the live fuzz: tests/fuzz/live/*.c, which speak to a running stack.
LIVE_PROGRAMS := $(patsubst tests/fuzz/live/%.c,$(BUILD)/tests/fuzz/live/%,$(wildcard tests/fuzz/live/*.c))
live-programs: $(LIVE_PROGRAMS)
$(LIVE_PROGRAMS): $(BUILD)/tests/fuzz/live/%: $(BUILD)/obj/tests/fuzz/live/%.o $(call objects,tests/fuzz/live/lib) $(BUILD)/lib/liblexmq.a $(COMMON)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(COMMON_LIBS)

# ---- a stack on this machine: see scripts/stack ----

export LEXMQ_BUILD := $(BUILD)
# What a program that links the library must be linked with as well.
export LEXMQ_SANITIZE := $(SANITIZE)

packages-%:
	@scripts/packages $*

run: packages-run
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs
	@scripts/stack run
up: packages-run
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs
	@scripts/stack up
down:
	@scripts/stack down
status:
	@scripts/stack status
import:
	@scripts/stack import "$(FILE)" "$(NAME)" "$(FORMAT)"
scale:
	@scripts/stack scale "$(SERVICE)" "$(N)"
restart:
	@scripts/stack restart $(SERVICE)
backup:
	@scripts/stack backup "$(FILE)"
restore: packages-run
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs
	@scripts/stack restore "$(FILE)"

# ---- tests ----

test: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) all unit-tests system-programs chaos-programs live-programs
	@/usr/bin/python3 tests/run.py $(TESTS)

# What takes several servers: three Galera nodes, two gateways, one killed under load. docs/galera.md
test-galera: packages-galera
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs library system-programs
	@/usr/bin/python3 tests/run.py tests/deploy/test_galera.py
test-gateways: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs library system-programs
	@/usr/bin/python3 tests/run.py tests/deploy/test_gateways.py

# Faults of every kind under load for SECONDS (60), drawn from SEED (7), and every promise checked afterwards. docs/chaos.md
SEED ?= 7
chaos: SECONDS = 60
chaos: packages-chaos
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs chaos-programs
	@/usr/bin/python3 -B -m tests.chaos --seconds $(SECONDS) --seed $(SEED)

# The same tests under checkers, each in a build folder of its own: docs/testing.md. All three, and their sum: make sanitize.
sanitize:
	@/usr/bin/python3 tests/sanitize/all.py $(MAKE) TESTS=$(TESTS)

# AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
ASAN_BUILD = BUILD=$(BUILD)/asan OPTIMIZE=-O1 HARDEN= SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
asan: packages-test
	@LEXMQ_CHECKER=asan $(MAKE) --no-print-directory $(ASAN_BUILD) test

# ThreadSanitizer; every program is linked with what tells it how libzmq orders threads.
TSAN_ORDER = $(BUILD)/tsan/obj/tests/sanitize/zmq_order.o
TSAN_BUILD = $(MAKE) --no-print-directory BUILD=$(BUILD)/tsan OPTIMIZE="-O1 -DTEST_PATIENCE=5" HARDEN= SANITIZE="-fsanitize=thread -fno-omit-frame-pointer"
tsan: packages-test
	@$(TSAN_BUILD) -s $(TSAN_ORDER)
	@LEXMQ_CHECKER=tsan $(TSAN_BUILD) LDFLAGS="$(abspath $(TSAN_ORDER)) -lzmq" test

# valgrind: the programs of build/memcheck are scripts that run those of build/memcheck/programs under it.
memcheck: packages-memcheck
	@$(MAKE) --no-print-directory -s -j$$(nproc) BUILD=$(BUILD)/memcheck/programs OPTIMIZE="-O1 -DTEST_PATIENCE=10" HARDEN= all unit-tests system-programs chaos-programs live-programs
	@/usr/bin/python3 tests/sanitize/wrap.py $(BUILD)/memcheck
	@LEXMQ_CHECKER=memcheck LEXMQ_BUILD=$(BUILD)/memcheck /usr/bin/python3 tests/run.py $(TESTS)

# Thousands of connections for MINUTES, idle and busy; nothing may grow. docs/scaling.md
MINUTES ?= 30
soak: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs
	@/usr/bin/python3 -B tests/soak/soak.py $(MINUTES)

# Containers on a real engine: one that runs, else Debian's, started for the test. Exit status 77 of the script: there can be none here.
test-compose: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) all system-programs
	@/usr/bin/python3 -B -m tests.deploy.test_compose

# A swarm of two nodes on this machine, which takes root: each an engine in a network namespace of its own.
test-swarm: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) all system-programs
	@/usr/bin/python3 -B -m tests.deploy.test_swarm

bench: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs bench-programs
	@/usr/bin/python3 bench/run.py
bench-search: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs bench-programs
	@/usr/bin/python3 bench/search.py
# What a look-up costs each part, and what a silent session costs a gateway: docs/scaling.md.
bench-cost: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs bench-programs
	@/usr/bin/python3 bench/cost.py
bench-sessions: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs
	@/usr/bin/python3 bench/sessions.py
# Memory and processor time of 10,000 idle connections, and how 1,000 busy ones are served.
bench-connections: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs bench-programs
	@/usr/bin/python3 bench/connections.py

# What a client that floods costs the others: docs/benchmark.md.
bench-flood: packages-bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs bench-programs
	@/usr/bin/python3 bench/flood.py

# Every target over its seeds and what it learned before, SECONDS long, under sanitizers; smoke: 5 seconds each, from one and the same seed.
SECONDS ?= 300
fuzz: packages-fuzz
	@$(MAKE) --no-print-directory -s -j$$(nproc) BUILD=$(BUILD)/fuzz CC=clang OPTIMIZE=-O1 HARDEN= \
	    SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" fuzz-targets
	@LEXMQ_BUILD=$(BUILD)/fuzz /usr/bin/python3 tests/fuzz/run.py $(SECONDS) $(FUZZ)
fuzz-smoke:
	@LEXMQ_FUZZ_SEED=7 $(MAKE) --no-print-directory fuzz SECONDS=5

# Mutated messages against a running stack, while ordinary clients look words up; see tests/fuzz/live/run.py. ASAN=1: a stack built with sanitizers.
MESSAGES ?= 10000000
fuzz-live: packages-test
	@$(MAKE) --no-print-directory -s -j$$(nproc) programs library live-programs $(if $(ASAN),$(ASAN_BUILD))
	@LEXMQ_BUILD=$(if $(ASAN),$(BUILD)/asan,$(BUILD)) /usr/bin/python3 -B tests/fuzz/live/run.py $(MESSAGES) $(SEED)

# ---- the look of the code ----

SOURCES = $(shell git ls-files '*.c' '*.h')
SCRIPTS = $(shell git ls-files scripts .ci docker deploy | xargs grep -lE '^#!.*[ /]bash|^# .*Sourced by')
PRODUCT_SOURCES = $(filter-out tests/%,$(filter %.c,$(SOURCES)))

format:
	clang-format -i $(SOURCES)
check: packages-check
	clang-format --dry-run -Werror $(SOURCES)
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability \
	    -D__GNUC__ -D_GNU_SOURCE -I. -Iclient/include $(PRODUCT_SOURCES)
	@# In tests and benchmarks too, but for a NULL at the end of variable arguments, which is a pointer in every libc that Debian has.
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability --suppress=varFuncNullUB \
	    -D__GNUC__ -D_GNU_SOURCE -I. -Iclient/include $(filter-out $(PRODUCT_SOURCES),$(filter %.c,$(SOURCES)))
	@# Warnings and errors; what it calls style would make the scripts longer, not safer.
	shellcheck -x -s bash --severity=warning $(SCRIPTS)
	@# One file a process: with several, clang-tidy 14 takes every va_list for uninitialised.
	printf '%s\n' $(PRODUCT_SOURCES) | xargs -P$$(nproc) -I@ \
	    clang-tidy --quiet --warnings-as-errors='*' @ -- -std=gnu11 $(CPPFLAGS) 2>/dev/null
	@echo "check: nothing found"

# The manual pages of the servers and tools say what --help says, so they are made from it and committed; lexmq(1) is written by hand.
MANUAL := gateway auth lookup history dict keygen migrate
man: packages-man programs
	@for name in $(MANUAL); do \
	    LC_ALL=C.UTF-8 help2man --no-info --section=8 --source=Lexmq --manual="Lexmq" \
	        --name="$$($(BUILD)/bin/lexmq-$$name --help | sed -n '/^$$/q; /^Usage:/d; /^  */d; p' | sed 's/\.$$//')" \
	        $(BUILD)/bin/lexmq-$$name | sed -e 's/???/.../' -e '/^\.\\" DO NOT/d; s/^\(\.TH [^ ]* [^ ]*\) "[^"]*"/\1 ""/' > docs/man/lexmq-$$name.8; \
	done

# ---- installing ----

DATADIR := $(PREFIX)/share/lexmq
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(DATADIR)/dict
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 client/include/lexmq.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(BUILD)/lib/liblexmq.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(BUILD)/lib/liblexmq.so.0 $(DESTDIR)$(PREFIX)/lib
	ln -sf liblexmq.so.0 $(DESTDIR)$(PREFIX)/lib/liblexmq.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' client/lexmq.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/lexmq.pc
	for folder in . auth dict history; do \
	    install -d $(DESTDIR)$(DATADIR)/sql/$$folder; \
	    install -m 644 sql/$$folder/*.sql $(DESTDIR)$(DATADIR)/sql/$$folder; \
	done
	install -m 644 dict/lexmq-wordbook.txt $(DESTDIR)$(DATADIR)/dict
	for page in docs/man/*; do \
	    install -d $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
	    install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
	done

# Units, their users and their key folder's rights: docs/systemd.md. After `make install`, with the same PREFIX.
UNITDIR := $(DESTDIR)/usr/lib/systemd/system
install-systemd:
	install -d $(UNITDIR)/lexmq-.service.d $(UNITDIR)/lexmq-lookup@.service.d $(DESTDIR)/usr/lib/sysusers.d $(DESTDIR)/usr/lib/tmpfiles.d
	install -m 644 deploy/systemd/*.service deploy/systemd/*.target $(UNITDIR)
	sed -i 's|^ExecStart=/usr/local/|ExecStart=$(PREFIX)/|' $(UNITDIR)/lexmq-gateway.service $(UNITDIR)/lexmq-*@.service
	sed 's|^ExecPaths=.*|&$(if $(filter /usr /usr/%,$(PREFIX)),, $(PREFIX))|' deploy/systemd/lexmq-.service.d/10-hardening.conf > $(UNITDIR)/lexmq-.service.d/10-hardening.conf
	install -m 644 deploy/systemd/lexmq-lookup@.service.d/20-code.conf $(UNITDIR)/lexmq-lookup@.service.d
	install -m 644 deploy/systemd/lexmq.sysusers $(DESTDIR)/usr/lib/sysusers.d/lexmq.conf
	install -m 644 deploy/systemd/lexmq.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/lexmq.conf

clean:
	rm -rf $(BUILD)

help:
	@echo "make run          install what is missing, build, start a stack, open the client"
	@echo "make up           the same without the client; make down stops it, make status shows it"
	@echo "make scale SERVICE=lookup N=4      start or drain workers of the running stack"
	@echo "make restart SERVICE=lookup        its workers one after the other; auth, history, gateway, lookup-2"
	@echo "make backup FILE=lexmq.backup      the data of the running stack; make restore FILE=lexmq.backup  puts it back"
	@echo "make import FILE=words.txt NAME=my [FORMAT=wordbook|dict|stardict|ecdict|cedict|lemma|exc]"
	@echo "make test         all tests; TESTS=name runs those whose name has it"
	@echo "make test-galera  three Galera nodes, killed under load;  make test-gateways  two gateways, likewise"
	@echo "make test-compose docker-compose.yml on a real engine: started, scaled, killed, upgraded, removed, under load"
	@echo "make test-swarm   deploy/swarm.yml on two nodes: one cut off, rejoined, updated, taken back, under load"
	@echo "make chaos SECONDS=60 SEED=7      faults of every kind under load, then every promise checked"
	@echo "make sanitize     all tests under sanitizers and valgrind; its parts: make asan, make tsan, make memcheck"
	@echo "make soak         10,000 idle and 1,000 busy connections for MINUTES=30: does anything grow?"
	@echo "make fuzz         every fuzz target for 300 seconds; FUZZ=name SECONDS=60; make fuzz-smoke  5 seconds each"
	@echo "make fuzz-live    mutated messages against a running stack; MESSAGES=10000000 SEED=1 RATE=0 ASAN=1"
	@echo "make check        format, cppcheck, clang-tidy;  make format  mends the format"
	@echo "make bench        speed, beside a bare zmq_proxy and dictd"
	@echo "make bench-search what searching costs, and whether it finds what dictd finds"
	@echo "make bench-cost   what a look-up costs each part;  make bench-sessions  what silent peers cost a gateway"
	@echo "make bench-flood  what a client that floods costs the others"
	@echo "make bench-connections  what 10,000 idle and 1,000 busy connections cost a gateway"
	@echo "make install      PREFIX=$(PREFIX) DESTDIR=;  make install-systemd  units for systemd"
	@echo "make clean"
	@echo "Environment: LEXMQ_VAR (folder of the stack, var), LEXMQ_PORT_BASE (front port, 5555)"

.PHONY: all man programs library unit-tests system-programs bench-programs run up down status import scale restart backup restore test test-compose test-swarm test-galera test-gateways asan fuzz fuzz-smoke fuzz-targets bench bench-search bench-cost bench-sessions bench-connections bench-flood format check install install-systemd clean help chaos chaos-programs fuzz-live live-programs sanitize tsan memcheck soak
.DELETE_ON_ERROR:
.SECONDARY:

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
