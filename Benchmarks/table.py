"""What was measured, as a table, as JSON, and beside the targets."""

import datetime
import os
import platform
from statistics import median

from peers import TITLES


class Results:
    """The runs of all works."""

    def __init__(self, bench, versions):
        self.works = {}
        self._versions = versions
        self._missing = bench.missing
        self._rounds = bench.rounds

    def add(self, work, runs, failures):
        rows = {}
        for peer, costs in runs.items():
            rows[peer] = row = {"objects": costs[0].objects, "rounds": len(costs)}
            for name, unit, value in MEASURES:
                values = [value(run) for run in costs]
                row[name] = {"median": median(values), "min": min(values), "max": max(values), "unit": unit}
        self.works[work.name] = {"title": work.title, "rows": rows, "failures": failures}

    def value(self, work, peer, measure):
        """A median; None where there is none."""
        row = self.works.get(work, {"rows": {}})["rows"].get(peer)
        return row[measure]["median"] if row else None

    def text(self, work):
        found = self.works[work.name]
        lines = [f"\n{found['title']}", f"{'':16}{'objects':>10}{'µs CPU/object':>16}{'min–max':>20}{'× fixacl':>10}"
                 f"{'× floor':>9}{'requests/object':>17}{'µs/request':>12}{'wall s':>9}{'peak MB':>9}"]
        for peer, row in sorted(found["rows"].items(), key=lambda item: item[1]["cpu"]["median"]):
            cpu = row["cpu"]
            lines.append(
                f"{TITLES[peer]:16}{row['objects']:>10,}{cpu['median']:>16,.2f}"
                f"{number(cpu['min']) + '–' + number(cpu['max']):>20}{self._ratio(work.name, peer, 'fixacl'):>10}"
                f"{self._ratio(work.name, peer, 'floor'):>9}{row['requests']['median']:>17,.3f}"
                f"{row['per_request']['median']:>12,.1f}{row['wall']['median']:>9,.2f}{row['rss']['median']:>9,.1f}")
        lines += [f"{TITLES[peer]:16}{reason}" for peer, reason in {**self._missing, **found["failures"]}.items()]
        return "\n".join(lines)

    def _ratio(self, work, peer, other):
        base = self.value(work, other, "cpu")
        return f"{self.value(work, peer, 'cpu') / base:,.2f}" if base else ""

    def targets(self):
        lines = ["\ntargets"]
        for title, target, judge, shown in TARGETS:
            measured = judge(self)
            if measured is None:
                continue
            value, is_met = measured
            lines.append(f"{title:60}{target:>18}{shown.format(value):>14}  {'met' if is_met else 'MISSED'}")
        return "\n".join(lines)

    def json(self):
        targets = [
            {"title": title, "target": target, "measured": found[0], "met": found[1]}
            for title, target, judge, _ in TARGETS if (found := judge(self))]
        return {
            "date": datetime.date.today().isoformat(), "machine": machine(), "rounds": self._rounds,
            "versions": self._versions, "missing": self._missing, "works": self.works, "targets": targets}


# Of a run, for each object where it is a cost.
MEASURES = [
    ("cpu", "µs/object", lambda run: run.cpu / run.objects * 1e6),
    ("user", "µs/object", lambda run: run.user / run.objects * 1e6),
    ("system", "µs/object", lambda run: run.system / run.objects * 1e6),
    ("requests", "1/object", lambda run: sum(run.requests.values()) / run.objects),
    ("per_request", "µs/request", lambda run: run.cpu / max(1, sum(run.requests.values())) * 1e6),
    ("wall", "s", lambda run: run.wall),
    ("rss", "MB", lambda run: run.rss / 1e6),
]


def number(value):
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def at_most(work, limit, measure="cpu"):
    def judge(results):
        value = results.value(work, "fixacl", measure)
        return None if value is None else (value, value <= limit)

    return judge


def ratio(work, other, limit, measure="cpu"):
    """fixacl's cost as a share of another's."""

    def judge(results):
        mine, theirs = results.value(work, "fixacl", measure), results.value(work, other, measure)
        return None if mine is None or theirs is None else (mine / theirs, mine / theirs <= limit)

    return judge


# Title, target, what judges it, how the measured value is written.
TARGETS = [
    ("list + detect, CPU per key", "≤ 3 µs", at_most("list", 3), "{:.2f} µs"),
    ("list + detect, of obstore's CPU", "≤ 0.5", ratio("list", "obstore", 0.5), "{:.2f}"),
    ("list + detect, of obstore's CPU with Arrow tables", "≤ 0.5", ratio("list", "obstore-arrow", 0.5), "{:.2f}"),
    ("list + detect, of s5cmd's CPU", "≤ 1/12 (0.083)", ratio("list", "s5cmd", 1 / 12), "{:.3f}"),
    ("repair by grant, of the C floor's CPU per object", "≤ 1.5", ratio("grant", "floor", 1.5), "{:.2f}"),
    ("repair by grant, of s3cmd's CPU per object", "≤ 1/12 (0.083)", ratio("grant", "s3cmd", 1 / 12), "{:.3f}"),
    ("repair by grant, of boto3's CPU per object", "≤ 1/40 (0.025)", ratio("grant", "boto3", 1 / 40), "{:.3f}"),
    ("repair by copy, of the C floor's CPU per request", "≤ 1.5", ratio("copy", "floor", 1.5, "per_request"), "{:.2f}"),
    ("repair by copy, of s5cmd's CPU per object", "≤ 1/3 (0.333)", ratio("copy", "s5cmd", 1 / 3), "{:.3f}"),
]


def machine():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.release().split('-')[0]}"
