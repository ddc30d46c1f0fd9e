# The README's commands. Each installs what is missing and starts what it needs itself.

.PHONY: demo test lint format build release setup

demo: setup
	swift build --product dsr
	.build/debug/dsr demo

test: setup lint
	swift test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests migrations templates

format:
	swift format --in-place --recursive Package.swift Sources Tests migrations templates

build: setup
	swift build --product dsr

# One file to deploy: needs libpq on the host, and nothing of Swift.
release: setup
	swift build --configuration release --product dsr --static-swift-stdlib

setup:
	@.ci/setup
