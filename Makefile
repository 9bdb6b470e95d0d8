# Entente's chores. Each step says what it does; `make` alone lists them.

SWIFT ?= swift
# An import of a target that the importer does not declare is an error, here as in CI. Commands that build must agree
# in their flags, or each would build everything again.
FLAGS := --explicit-target-dependency-import-check error

# Tests with deadlines run apart from those that only compute: all of a run start at once, and those that wait for a
# broker's answer would wait for hundreds of others first.
WITH_BROKER := ^(AMQP|AgencyClient|Broker|Commands|Hub)Tests\.
# Three nodes elect leaders by the clock: a run of its own, `make cluster`.
WITH_CLUSTER := ^AMQPTests\.ClusterTests
# Sixteen tests at a time: all at once, each would wait for hundreds of others, and deadlines would pass unheard.
WIDTH := --experimental-maximum-parallelization-width 16

.DEFAULT_GOAL := help
.PHONY: help setup build test cluster demo mutants fire corpora bench fuzz sanitize soak lint format clean

help: ## list these targets
	@echo "Entente carries cyber-incident and threat messages between agencies, as far as their agreements allow."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build and the private broker need (Debian, Ubuntu)
	@Scripts/setup

build: setup ## build everything, tests too, for debugging
	@Scripts/say "building (the first time takes some minutes)"
	@$(SWIFT) build --build-tests $(FLAGS)

test: build lint ## build, check the form of the sources, run all tests
	@Scripts/say "writing the package's description for the tests of the architecture"
	@$(SWIFT) package dump-package > .build/package.json
	@Scripts/say "running the tests that need no broker"
	@$(SWIFT) test --skip-build --skip '$(WITH_BROKER)'
	@Scripts/say "running the tests with brokers, which they start themselves on free ports of 127.0.0.1"
	@$(SWIFT) test --skip-build $(WIDTH) --filter '$(WITH_BROKER)' --skip '$(WITH_CLUSTER)'
	@Scripts/say "setting a small fire: hub and broker are killed under load, and nothing may be lost or leak (half a minute)"
	@"$$($(SWIFT) build --show-bin-path $(FLAGS))/Fire" --hub-kills 6 --broker-kills 1 --seconds 12 --seed 7

cluster: build ## run the test with three brokers, one of which is killed
	@Scripts/say "running the test with three brokers, one of which is killed"
	@$(SWIFT) test --skip-build --filter '$(WITH_CLUSTER)'

demo: setup ## build, and show an exchange in the terminal (KEEP=1: leave it running)
	@Scripts/say "building (the first time takes some minutes)"
	@$(SWIFT) build --product entente $(FLAGS)
	@.build/debug/entente demo $(if $(KEEP),--keep)

mutants: setup ## break each safeguard of the sharing decision in turn, and show which row of its table notices
	@Scripts/say "building (the first time takes some minutes)"
	@$(SWIFT) build --build-tests $(FLAGS)
	@$(SWIFT) test --skip-build --filter MutationTests | grep -E "^mutants:|caught|CAUGHT|failed|passed"

fire: setup ## kill hub and broker under load, and prove that nothing is lost or leaks (HUB_KILLS=170 SECONDS=1400 SEED=)
	@SWIFT="$(SWIFT)" FLAGS="$(FLAGS)" HUB_KILLS="$(HUB_KILLS)" BROKER_KILLS="$(BROKER_KILLS)" SECONDS_="$(SECONDS)" \
		RATE="$(RATE)" SEED="$(SEED)" KEEP="$(KEEP)" Scripts/fire

corpora: setup ## hold the validators to data of others (CORPORA=../shared/corpora)
	@Scripts/say "building for speed (the first time takes some minutes)"
	@$(SWIFT) build -c release --product Corpora $(FLAGS)
	@Scripts/schema-suite .build/json-schema-test-suite
	@.build/release/Corpora $(or $(CORPORA),../shared/corpora)

bench: setup ## measure (NAME=validation)
	@SWIFT="$(SWIFT)" FLAGS="$(FLAGS)" BUNDLE="$(BUNDLE)" Scripts/bench "$(NAME)"

fuzz: setup ## give made-up inputs to the parsers (NAME=amqp, json, misp, ...; SECONDS=600)
	@SWIFT="$(SWIFT)" SECONDS_="$(SECONDS)" Scripts/fuzz "$(NAME)"

sanitize: setup ## run the tests of AMQP and Hub under the thread sanitizer, the codecs under the address sanitizer
	@SWIFT="$(SWIFT)" FLAGS="$(FLAGS)" Scripts/sanitize

soak: setup ## move many messages and watch the memory (NAME=amqp), or grow a ledger (NAME=ledger) (COUNT=10000000)
	@SWIFT="$(SWIFT)" FLAGS="$(FLAGS)" COUNT="$(COUNT)" LETTERS="$(LETTERS)" Scripts/soak "$(NAME)"

lint: ## check the form of the sources
	@Scripts/say "checking the form of the sources"
	@$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Schemas Benchmarks Fuzz

format: ## bring the sources into that form
	@Scripts/say "formatting the sources"
	@$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Schemas Benchmarks Fuzz

clean: ## remove everything that was built
	@Scripts/say "removing .build"
	@rm -rf .build .build-fuzz .build-asan .build-tsan
