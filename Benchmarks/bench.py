#!/usr/bin/env python3
"""Measures fixacl and its peers, in turns, at the same work on the same server. See README.md beside this."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import chart
import peers
import table
from run import Failure
from server import Server
from waiting import WORKS


class Bench:
    """The options, and what was found out on the way."""

    def __init__(self, options):
        self.folder = Path(options.folder).resolve()
        self.bin = self.folder / "bin"
        self.fixacl, self.sandbox = Path(options.fixacl).resolve(), Path(options.sandbox).resolve()
        self.scale, self.rounds = options.scale, options.rounds
        self._only = options.peers.split(",") if options.peers else peers.NAMES
        self.missing = {}
        self.foreign = {}  # by the number of keys

    def wants(self, peer):
        return peer in self._only and peer not in self.missing


def options():
    parser = argparse.ArgumentParser(prog="make bench BENCH=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of a twentieth of the objects")
    parser.add_argument("--rounds", type=int, help="how often each tool has its turn (5)")
    parser.add_argument("--scale", type=float, help="a factor for the numbers of objects (1)")
    parser.add_argument("--works", help="only these, with commas: " + ",".join(work.name for work in WORKS))
    parser.add_argument("--peers", help="only these, with commas: " + ",".join(peers.NAMES))
    parser.add_argument("--fixacl", default=".build/release/fixacl", help="another build of fixacl")
    parser.add_argument("--sandbox", default=".build/release/fixacl-sandbox", help="another build of the server")
    parser.add_argument("--folder", default=".build/bench", help="where everything is kept (.build/bench)")
    parser.add_argument("--keep", action="store_true", help="also write results.json and chart.svg of Benchmarks/")
    found = parser.parse_args()
    found.rounds = found.rounds or (1 if found.quick else 5)
    found.scale = found.scale or (0.05 if found.quick else 1)
    names = [work.name for work in WORKS]
    for name in (found.works or "").split(","):
        if name and name not in names:
            parser.error(f"there is no work {name!r}: {', '.join(names)}")
    for name in (found.peers or "").split(","):
        if name and name not in peers.NAMES:
            parser.error(f"there is no peer {name!r}: {', '.join(peers.NAMES)}")
    return found


def measure(bench, work):
    """All rounds of one work: the runs by row, and why some have none."""
    runs, failures = {}, {}
    rounds = min(bench.rounds, work.most_rounds)
    for number in range(rounds):
        turns = work.rows(bench)
        # Whoever was first is last in the next round.
        turns = turns[number % len(turns) :] + turns[: number % len(turns)]
        with Server(bench.sandbox, bench.folder, work.buckets(bench)) as server:
            for row in turns:
                if row in failures:
                    continue
                print(f"{work.name}, round {number + 1} of {rounds}: {row}", file=sys.stderr, flush=True)
                try:
                    runs.setdefault(row, []).extend(work.measure(bench, server, row))
                except Failure as failure:
                    failures[row] = str(failure)
                    runs.pop(row, None)
                    print(f"bench: {row} {failure}", file=sys.stderr)
    return runs, failures


def main():
    found = options()
    # Whatever ends this program, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(found)
    bench.folder.mkdir(parents=True, exist_ok=True)
    bench.missing = peers.install(bench)
    for peer, reason in bench.missing.items():
        print(f"bench: {peer} is left out: {reason}", file=sys.stderr)
    if os.getloadavg()[0] > 0.5:
        print("bench: this machine is busy with something else: the figures will be too high", file=sys.stderr)
    results = table.Results(bench, peers.versions(bench))
    for work in WORKS:
        if found.works and work.name not in found.works.split(","):
            continue
        if work.rows(bench):
            results.add(work, *measure(bench, work))
            print(results.text(work), flush=True)
    print(results.targets())
    for folder in [bench.folder, Path(__file__).resolve().parent][: 2 if found.keep else 1]:
        (folder / "results.json").write_text(json.dumps(results.json(), indent=1, ensure_ascii=False) + "\n")
        (folder / "chart.svg").write_text(chart.chart(results.json()))
    return 1 if bench.missing or any(work["failures"] for work in results.works.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
