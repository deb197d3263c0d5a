# Lexmq. `make help` lists the targets; README.md explains them.

BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
VERSION := $(shell cat VERSION)

CPPFLAGS += -D_GNU_SOURCE -DLEXMQ_VERSION='"$(VERSION)"' -I. -Iclient/include
OPTIMIZE ?= -O2
CFLAGS   ?= $(OPTIMIZE) -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wpointer-arith
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2
ifdef WERROR
WARNINGS += -Werror
endif
ALL_CFLAGS = -std=gnu11 -fPIC -fvisibility=hidden -pthread $(WARNINGS) $(HARDEN) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -pthread -Wl,-z,relro,-z,now $(LDFLAGS) $(SANITIZE)

COMMON_LIBS  := -lczmq -lzmq -lmsgpackc -lsodium -lutf8proc -lmariadb
gateway_LIBS     :=
auth-svc_LIBS    :=
lookup-svc_LIBS  := -lz
history-svc_LIBS :=
dict_LIBS        := -lz
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
LIBLEXMQ := $(BUILD)/lib/liblexmq.a $(BUILD)/lib/liblexmq.so $(BUILD)/lib/pkgconfig/lexmq.pc

all: programs library
programs: $(PROGRAMS)
library: $(LIBLEXMQ)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(COMMON): $(call objects,common)
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

define component_rules
$(BUILD)/lib/$(1).a: $$(filter-out %/main.o,$$(call objects,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^

$(BUILD)/bin/$($(1)_PROGRAM): $(BUILD)/obj/$(1)/main.o $(BUILD)/lib/$(1).a $(if $(filter client,$(1)),$(BUILD)/lib/liblexmq.a) $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$($(1)_LIBS) $$(COMMON_LIBS)
endef
$(foreach c,$(COMPONENTS),$(eval $(call component_rules,$(c))))

# liblexmq: client/lib and what it needs of common, in one archive and one shared object.
LIBRARY_OBJECTS := $(call objects,client/lib) $(call objects,common)
$(BUILD)/lib/liblexmq.a: $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/lib/liblexmq.so.0: $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,liblexmq.so.0 -o $@ $^ $(COMMON_LIBS)
$(BUILD)/lib/liblexmq.so: $(BUILD)/lib/liblexmq.so.0
	ln -sf liblexmq.so.0 $@
$(BUILD)/lib/pkgconfig/lexmq.pc: client/lexmq.pc.in VERSION Makefile
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' $< > $@

# Unit tests: tests/unit/AREA/test_*.c, linked with AREA's archive.
UNIT_SOURCES := $(wildcard tests/unit/*/test_*.c tests/unit/common/keygen/test_*.c)
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SOURCES))
unit-tests: $(UNIT_TESTS)

.SECONDEXPANSION:
area = $(patsubst %/,%,$(dir $(1)))
area_archive = $(if $(filter common,$(1)),,$(if $(filter client,$(1)),$(BUILD)/lib/client.a $(BUILD)/lib/liblexmq.a,$(BUILD)/lib/$(1).a))
$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $$(call area_archive,$$(call area,$$*)) $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $($(call area,$*)_LIBS) $(COMMON_LIBS) -lz

clean:
	rm -rf $(BUILD)

.PHONY: all programs library unit-tests clean
.DELETE_ON_ERROR:
.SECONDARY:

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
