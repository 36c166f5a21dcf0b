# What a developer types. Each target installs what it needs on Debian 12; Swift 6.3 must be on the PATH.
.PHONY: all build release install-packages install-test-packages install-bench-packages \
  install-dist-packages dist dist-test test fuzz chaos sanitize lint format demo \
  sandbox rgw rgw-stop bench clean

RADOSGW = Tests/RadosGW/radosgw
# Where 'make rgw' keeps its server.
RGW_DIR ?= .build/rgw

# For 'fixacl --version'; empty without git.
export FIXACL_COMMIT := $(shell git describe --always --exclude='*' --abbrev=7 --dirty=+ 2>/dev/null)

all: build

# libcurl, libxml2 and zlib, with which fixacl is built.
install-packages:
	@dpkg -s libcurl4-openssl-dev libxml2-dev zlib1g-dev >/dev/null 2>&1 \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends libcurl4-openssl-dev libxml2-dev \
	    zlib1g-dev; }

# What the tests use besides: programs that nobody here wrote, to see fixacl's results with.
install-test-packages:
	@dpkg -s awscli >/dev/null 2>&1 && command -v curl >/dev/null && command -v jq >/dev/null \
	  && python3 -c 'import jsonschema' 2>/dev/null \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends awscli curl jq python3 python3-jsonschema; }
	@dpkg -s bash-completion fish groff-base mandoc python3-yaml systemd zsh >/dev/null 2>&1 \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends bash-completion fish groff-base mandoc \
	    python3-yaml systemd zsh; }
	@command -v promtool >/dev/null \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends prometheus; } \
	  || echo "Prometheus could not be installed: its promtool does not see the metrics." >&2
	@dpkg -s python3-boto3 rclone s3cmd >/dev/null 2>&1 \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends python3-boto3 rclone s3cmd; } \
	  || echo "Clients of S3 could not be installed: the tests that run them are skipped." >&2
	@test -x .build/pyarrow/bin/python3 \
	  || { python3 -m venv .build/pyarrow 2>/dev/null || { apt-get install -y -q --no-install-recommends python3-venv \
	    && python3 -m venv .build/pyarrow; }; } && .build/pyarrow/bin/pip install -q pyarrow \
	  || { rm -rf .build/pyarrow; echo "pyarrow could not be installed: its Parquet files are read from the fixtures only." >&2; }
	@command -v chromium >/dev/null \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } \
	  || echo "Chromium could not be installed: the tests that look at pages in a browser are skipped." >&2

# The compiler and libraries of the floor; the peers come from PyPI, into a folder of their own.
install-bench-packages:
	@dpkg -s gcc libssl-dev python3-venv >/dev/null 2>&1 \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends gcc libc6-dev libssl-dev python3-venv; }

# What the packages are made with: libcurl and libxml2 from Debian's sources, with libraries of Debian's as archives.
install-dist-packages: install-packages
	@dpkg -s binutils ca-certificates chrpath dpkg-dev gcc libssl-dev make python3 xz-utils >/dev/null 2>&1 \
	  || { apt-get update -q && apt-get install -y -q --no-install-recommends binutils ca-certificates chrpath \
	    dpkg-dev gcc libc6-dev libssl-dev make python3 xz-utils; }

build: install-packages
	swift build --product fixacl

release: install-packages
	swift build -c release --product fixacl

# The packages, in .build/dist: an archive, a .deb, an OCI image, and their checksums. See Packaging/README.md.
dist: install-dist-packages
	Packaging/build
	Packaging/package

# Installs each of them in a bare Debian 12 and uses it there; as root. SUITES="bookworm jammy noble" also tries Ubuntu's.
dist-test:
	Packaging/test $(SUITES)

# All tests, with a real S3 server under them. A few cases at a time: all would begin at once, and a hundred programs
# keep the servers from answering any of them.
test: install-packages install-test-packages
	$(RADOSGW) install
	swift build --build-tests
	$(RADOSGW) run --dir .build/rgw-test -- swift test --skip-build --disable-xctest \
	  --experimental-maximum-parallelization-width 6

# Every parser of bytes from outside, with libFuzzer. For hours: make fuzz FUZZ_SECONDS=3600; one target:
# make fuzz FUZZ_TARGETS=plan. The flags are those of Swift's -sanitize=fuzzer, for all modules.
fuzz: install-packages
	FIXACL_FUZZER=1 swift build -c release --sanitize=fuzzer --scratch-path .build-fuzz --product fixacl-fuzz
	Tests/Fuzz/run

# Plan, apply and rollback while everything goes wrong, for hours: make chaos CHAOS_SECONDS=36000. A seed that it prints
# repeats one bucket: make chaos CHAOS_SEED=…
chaos: export CHAOS_SECONDS ?= 3600
chaos: install-packages
	swift build --build-tests
	swift test --skip-build --disable-xctest --filter 'EndToEndTests\.ChaosTests'

# The unit tests in a second build, with AddressSanitizer: what C libraries get from Swift, and unsafe buffers. Leaks are not
# looked for: Foundation's, in the tests, hide all others. The longest simulation has no buffers, and takes too long.
# (ThreadSanitizer sees no lock of Swift's Mutex, which is in a library that it does not instrument, and reports every one.)
sanitize: export ASAN_OPTIONS = detect_leaks=0:suppressions=$(CURDIR)/Tests/Sanitizers/address.supp
sanitize: install-packages
	swift build --build-tests --sanitize=address --scratch-path .build-address
	swift test --skip-build --sanitize=address --scratch-path .build-address --disable-xctest \
	  --filter '^(AWSKitTests|FixACLKitTests|FuzzTests)\.' --skip aThousandPagesTakeFewRounds \
	  --experimental-maximum-parallelization-width 6

# The format, and the floors of Sources/README.md.
lint:
	swift format lint --strict --recursive Package.swift Sources Tests
	Tests/Lint/floors

format:
	swift format --in-place --recursive Package.swift Sources Tests

# The incident from its beginning to its end, with CloudFront, on a server of the package's own.
demo: build
	swift build --product fixacl-sandbox
	.build/debug/fixacl-sandbox demo

# The same server, in the middle of the incident, to go on by hand until Ctrl-C.
sandbox: build
	swift build --product fixacl-sandbox
	@.build/debug/fixacl-sandbox --incident

# A real S3 server to try things on, until 'make rgw-stop'.
rgw:
	$(RADOSGW) install
	$(RADOSGW) start --dir $(RGW_DIR)

rgw-stop:
	$(RADOSGW) stop --dir $(RGW_DIR)

# fixacl beside its peers, at the same work on the same server; see Benchmarks/README.md.
# make bench BENCH="--quick" for a look in three minutes.
bench: release install-bench-packages
	swift build -c release --product fixacl-sandbox
	python3 Benchmarks/bench.py $(BENCH)

clean:
	rm -rf .build .build-*
