# The commands of a developer. Each says what it does and how long every step took.
#   make            the program, optimised: build/release/whyzero
#   make demo       installs what is missing, builds, and shows two faults being found, mended and verified
#   make test       every test; those that need ../shared are skipped with one line where it is absent
#   make judge      the judges of ../shared on models, operators and cases (tests/thresholds.json)
#   make asan       under AddressSanitizer and UBSan: the tests of all that meets bytes, hostile files, every fuzzer for FUZZ_SECONDS
#   make fuzz       only the fuzzers, and of the rest only the layers that they reach
#   make install PREFIX=/usr/local      make format      make clean
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 20
FUZZ_SEED ?= 1
JOBS ?= $(shell nproc)
STEP := tools/step.sh

.PHONY: all program demo test test-build judge asan asan-build fuzz fuzz-build install format clean

all: program

program:
	@tools/setup.sh --check build
	@$(STEP) "configure" cmake --preset release
	@$(STEP) "build build/release/whyzero" cmake --build --preset release

demo:
	@$(STEP) "install what building needs" tools/setup.sh build
	@$(STEP) "configure" cmake --preset release
	@$(STEP) "build the program" cmake --build --preset release --target whyzero_program
	@$(STEP) "demo" tools/demo.sh build/release/whyzero build/demo

test-build:
	@$(STEP) "install what the tests need" tools/setup.sh test
	@$(STEP) "configure" cmake --preset test
	@$(STEP) "build the tests" cmake --build --preset test

test: test-build
	@ctest --test-dir build/test --parallel $(JOBS) --output-on-failure --label-exclude judge

judge: test-build
	@ctest --test-dir build/test --output-on-failure --label-regex judge --verbose

fuzz-build:
	@$(STEP) "install what the tests need" tools/setup.sh test
	@$(STEP) "install what fuzzing needs" tools/setup.sh fuzz
	@$(STEP) "configure" cmake --preset fuzz -DWHYZERO_FUZZ_SECONDS=$(FUZZ_SECONDS) -DWHYZERO_FUZZ_SEED=$(FUZZ_SEED)
	@$(STEP) "build the fuzzers with sanitizers" cmake --build --preset fuzz --target fuzzers

asan-build: fuzz-build
	@$(STEP) "build tests and program with sanitizers" cmake --build --preset fuzz

asan: asan-build
	@$(STEP) "tests with sanitizers" ctest --test-dir build/fuzz --parallel $(JOBS) --output-on-failure

fuzz: fuzz-build
	@ctest --test-dir build/fuzz --parallel $(JOBS) --output-on-failure --label-regex fuzz

install: program
	@$(STEP) "install into $(PREFIX)" cmake --install build/release --prefix "$(PREFIX)"

format:
	@command -v clang-format >/dev/null || { echo "format: clang-format is missing: apt-get install clang-format" >&2; exit 1; }
	@git ls-files 'src/**.h' 'src/**.cc' 'include/**.h' 'fuzz/*.cc' 'fuzz/*.h' 'tests/**.cc' 'bench/*.cc' | xargs -r clang-format -i

clean:
	@rm -rf build
