# The README's commands. Each installs what is missing and starts what it needs itself.

.PHONY: demo test faults soak lint format build release setup

demo: setup
	swift build --product dsr
	.build/debug/dsr demo

# The fault tests run alone: they start whole programs under real deadlines, and a loaded machine would miss them.
test: setup lint
	swift test --skip FaultTests
	swift test --skip-build --filter FaultTests

faults: setup
	swift test --filter FaultTests

# More requests than in the suite, under faults drawn from a seed: make soak SEED=7 REQUESTS=10000
SEED ?= 1
REQUESTS ?= 10000
soak: setup
	DSR_SOAK_SEED=$(SEED) DSR_SOAK_REQUESTS=$(REQUESTS) swift test --filter FaultTests.SoakTests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests migrations templates

format:
	swift format --in-place --recursive Package.swift Sources Tests migrations templates

build: setup
	swift build --product dsr

# One binary to deploy. The host needs libpq and no Swift.
release: setup
	swift build --configuration release --product dsr --static-swift-stdlib

setup:
	@.ci/setup
