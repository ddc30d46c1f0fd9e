# The README's commands. Each installs what is missing and starts what it needs itself.

.PHONY: demo test faults fuzz soak lint format build release sbom setup

demo: setup
	swift build --product dsr
	.build/debug/dsr demo

# The fault tests run alone: they start whole programs under real deadlines, and a loaded machine would miss them.
#
# Few other tests run at once, so that one that waits for the program, the API or the database is not the one that starves.
test: setup lint
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 swift test --skip FaultTests
	swift test --skip-build --filter FaultTests

faults: setup
	swift test --filter FaultTests

# More random inputs than in the suite, from a seed: make fuzz SEED=7 ROUNDS=100
ROUNDS ?= 20
fuzz: setup
	DSR_TEST_FUZZ_SEED=$(SEED) DSR_TEST_FUZZ_ROUNDS=$(ROUNDS) swift test --filter FuzzTests

# More requests than in the suite, under faults drawn from a seed: make soak SEED=7 REQUESTS=10000
SEED ?= 1
REQUESTS ?= 10000
soak: setup
	DSR_SOAK_SEED=$(SEED) DSR_SOAK_REQUESTS=$(REQUESTS) swift test --filter FaultTests.SoakTests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests migrations schemas templates

format:
	swift format --in-place --recursive Package.swift Sources Tests migrations schemas templates

build: setup
	swift build --product dsr

# One binary to deploy. The host needs libpq and no Swift. The manifest asks for full RELRO and immediate binding.
release: setup
	swift build --configuration release --product dsr --static-swift-stdlib --disable-local-rpath \
		-Xcc -fstack-protector-strong -Xlinker --strip-debug
	packaging/check-binary .build/release/dsr

# A bill of materials (CycloneDX), and the licences of all that is linked in. Fails if one is missing.
sbom: setup
	packaging/sbom .build

setup:
	@.ci/setup
