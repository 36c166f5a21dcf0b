"""What was measured, as a table, as JSON, and beside the targets."""

import datetime
import os
import platform
from statistics import median

from peers import TITLES
from targets import TARGETS

# What a run is worth: unit, and how it is found.
MEASURES = {
    "cpu": ("µs/object", lambda run: run.cpu / run.objects * 1e6),
    "user": ("µs/object", lambda run: run.user / run.objects * 1e6),
    "system": ("µs/object", lambda run: run.system / run.objects * 1e6),
    "requests": ("1/object", lambda run: sum(run.requests.values()) / run.objects),
    "per_request": ("µs/request", lambda run: run.cpu / max(1, sum(run.requests.values())) * 1e6),
    "wall": ("s", lambda run: run.wall),
    "object_rate": ("objects/s", lambda run: run.objects / run.wall),
    "request_rate": ("requests/s", lambda run: sum(run.requests.values()) / run.wall),
    # Each object is written once: what there is more of was refused.
    "refused": ("1/object", lambda run: max(0, run.requests.get("PutObjectAcl", 0) - run.objects) / run.objects),
    "rss": ("MB", lambda run: run.rss / 1e6),
}


def number(value):
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def spread(measure, factor=1):
    return lambda results, work, row: "–".join(
        number(results.row(work, row)[measure][end] * factor) for end in ("min", "max"))


def value(measure, text="{:,.2f}", factor=1):
    return lambda results, work, row: text.format(results.value(work.name, row, measure) * factor)


def times(other, measure="cpu"):
    """How often another row's cost goes into a row's."""

    def text(results, work, row):
        base = results.value(work.name, other, measure)
        return f"{results.value(work.name, row, measure) / base:,.2f}" if base else ""

    return text


def times_serial(results, work, row):
    serial = results.value(work.name, row + " serial", "wall")
    return f"{serial / results.value(work.name, row, 'wall'):,.1f}" if serial else ""


def of_latency(results, work, row):
    """The share of the requests that the latency lets through."""
    return f"{results.value(work.name, row, 'request_rate') * work.delay / 1000 / work.in_flight:.0%}"


def of_the_speed(results, work, row):
    """The share of the speed of the same work without what its rows add."""
    base = results.value(work.name, "fixacl", "object_rate")
    return f"{results.value(work.name, row, 'object_rate') / base:.0%}" if base else ""


# A column's heading, width and text.
COLUMNS = {
    "objects": ("objects", 10, lambda results, work, row: f"{results.row(work, row)['objects']:,}"),
    "cpu": ("µs CPU/object", 15, lambda results, work, row: number(results.value(work.name, row, "cpu"))),
    "range": ("min–max", 21, spread("cpu")),
    "x fixacl": ("× fixacl", 10, times("fixacl")),
    "x floor": ("× floor", 10, times("floor")),
    "requests": ("requests/object", 17, value("requests", "{:,.3f}")),
    "per request": ("µs/request", 12, value("per_request", "{:,.1f}")),
    "wall": ("wall s", 9, value("wall")),
    "wall range": ("min–max", 16, spread("wall")),
    "x serial": ("serial ÷ this", 15, times_serial),
    "objects/s": ("objects/s", 11, value("object_rate", "{:,.0f}")),
    "requests/s": ("requests/s", 12, value("request_rate", "{:,.0f}")),
    "of the latency": ("of 512 ÷ 50 ms", 16, of_latency),
    "of the speed": ("of the speed", 14, of_the_speed),
    "refused": ("refused/object", 16, value("refused")),
    "wall ms": ("wall ms", 9, value("wall", "{:,.1f}", 1000)),
    "wall ms range": ("min–max", 16, spread("wall", 1000)),
    "cpu ms": ("CPU ms", 9, value("cpu", "{:,.1f}", 0.001)),
    "rss": ("peak MB", 9, value("rss", "{:,.1f}")),
}


class Results:
    """The runs of all works."""

    def __init__(self, bench, versions):
        self.works = {}
        self._versions, self._missing = versions, bench.missing
        self._rounds, self._scale = bench.rounds, bench.scale
        # What others do on this machine; what is measured adds to it later.
        self._load = os.getloadavg()[0]

    def add(self, work, runs, failures):
        rows = {}
        for row in work.order(runs):
            rows[row] = {"title": TITLES.get(row, row), "objects": runs[row][0].objects, "runs": len(runs[row])}
            for name, (unit, measure) in MEASURES.items():
                values = [measure(run) for run in runs[row]]
                found = {"median": median(values), "min": min(values), "max": max(values)}
                # More digits than five would say nothing.
                rows[row][name] = {end: float(f"{value:.5g}") for end, value in found.items()} | {"unit": unit}
        self.works[work.name] = {"title": work.title, "rows": rows, "failures": failures}

    def row(self, work, row):
        return self.works[work.name]["rows"][row]

    def value(self, work, row, measure):
        """A median; None where there is none."""
        found = self.works.get(work, {"rows": {}})["rows"].get(row)
        return found[measure]["median"] if found else None

    def text(self, work):
        found = self.works[work.name]
        columns = [COLUMNS[name] for name in work.columns]
        lines = ["", work.title, " " * 16 + "".join(f"{heading:>{width}}" for heading, width, _ in columns)]
        for row, values in found["rows"].items():
            lines.append(
                f"{values['title']:16}" + "".join(f"{text(self, work, row):>{width}}" for _, width, text in columns))
        lines += [f"{TITLES.get(row, row):16}FAILED: {reason}" for row, reason in found["failures"].items()]
        lines += [f"{TITLES[row]:16}left out: {reason}" for row, reason in self._missing.items() if row in work.sizes]
        return "\n".join(lines)

    def targets(self):
        lines = ["", "targets" + ("" if self._scale >= 1 else ", though they are meant for all objects (--scale 1)")]
        for target in TARGETS:
            if (measured := target.measure(self)) is not None:
                verdict = "met" if target.is_met(measured) else "MISSED"
                lines.append(f"{target.title:56}{target.text():>20}{target.shown(measured):>18}  {verdict}")
        return "\n".join(lines) if len(lines) > 2 else ""

    def json(self):
        targets = [
            {"title": target.title, "target": target.text(), "measured": measured, "met": target.is_met(measured)}
            for target in TARGETS if (measured := target.measure(self)) is not None]
        return {
            "date": datetime.date.today().isoformat(), "machine": machine(), "loadBefore": self._load,
            "rounds": self._rounds, "scale": self._scale, "versions": self._versions, "missing": self._missing,
            "works": self.works, "targets": targets}


def machine():
    with open("/proc/cpuinfo") as lines:
        models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.release().split('-')[0]}"
