#!/usr/bin/env python3
"""Draws results.json as chart.svg: `chart.py RESULTS CHART`. For light and dark screens, and without colours too."""

import json
import math
import sys
from html import escape

WIDTH, MARGIN, GAP = 880, 24, 40
COLUMN = (WIDTH - 2 * MARGIN - GAP) / 2
LABEL, VALUE = 98, 116  # what the names and the figures take of a column
ROW, HEAD, FOOT = 21, 48, 26

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .paper { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 13px; font-weight: 600; }
  .muted { fill: #59636e; font-size: 11px; }
  .axis { stroke: #d1d9e0; }
  .target { stroke: #59636e; stroke-dasharray: 3 3; }
  .peer { fill: #818b98; stroke: #818b98; }
  .floor { fill: #ffffff; stroke: #59636e; }
  .own { fill: #d1541a; stroke: #d1541a; }
  .bold { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .paper { fill: #0d1117; stroke: #3d444d; }
    .muted { fill: #9198a1; }
    .axis { stroke: #3d444d; }
    .target { stroke: #9198a1; }
    .peer { fill: #818b98; stroke: #818b98; }
    .floor { fill: #0d1117; stroke: #9198a1; }
    .own { fill: #f78a4e; stroke: #f78a4e; }
  }
"""


def figure(value):
    """Three digits."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def microseconds(value):
    return f"{figure(value / 1000)} ms" if value >= 10_000 else f"{figure(value)} µs"


def text(x, y, words, css="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def line(x1, y1, x2, y2, css):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def kind(row):
    return {"fixacl": "own", "floor": "floor"}.get(row, "peer")


def costs(work, measure, factor, title):
    """A panel of a work's rows, cheapest first. The factor makes microseconds of the measure."""
    rows = work["rows"]
    own = rows["fixacl"][measure]["median"] if "fixacl" in rows else None
    entries = []
    for name, row in sorted(rows.items(), key=lambda item: item[1][measure]["median"]):
        value = row[measure]["median"]
        ratio = f"{figure(value / own)}×" if own and name != "fixacl" else ""
        entries.append((kind(name), row["title"], math.log10(value), microseconds(value * factor), ratio))
    low, high = min(entry[2] for entry in entries), max(entry[2] for entry in entries)
    start = low - max(0.3, (high - low) * 0.12)
    return title, "logarithmic; less is better; × what fixacl takes", start, high, entries, None


def speed_ups(work):
    """How often faster than one page after the other, by shape."""
    entries = []
    for shape, row in work["rows"].items():
        serial = work["rows"].get(shape + " serial")
        if serial:
            value = serial["wall"]["median"] / row["wall"]["median"]
            entries.append(("own", shape, value, f"{figure(value)}×", f"{figure(row['wall']['median'])} s"))
    title, subtitle = "List at 100 ms a page, by the keys' shape", "times as fast as page after page; more is better"
    return title, subtitle, 0, max([32] + [entry[2] for entry in entries]), entries, 30


def mark(left, at, middle, css, is_linear):
    """A bar, or where the scale is logarithmic and so has no beginning, a dot at the end of a thread."""
    if is_linear:
        width = max(1, at - left)
        return f'<rect x="{left:.1f}" y="{middle - 5:.1f}" width="{width:.1f}" height="10" rx="2" class="{css}"/>'
    return line(left, middle, at - 5, middle, "axis") + f'<circle cx="{at:.1f}" cy="{middle:.1f}" r="5" class="{css}"/>'


def panel(x, y, content):
    """One panel at a place: its SVG and height."""
    title, subtitle, low, high, entries, target = content
    left, width = x + LABEL, COLUMN - LABEL - VALUE
    parts = [text(x, y + 14, title, "title"), text(x, y + 30, subtitle, "muted")]
    top = y + HEAD - 12
    bottom = top + ROW * len(entries)
    parts.append(line(left, top, left, bottom, "axis"))
    if target:
        at = left + width * (target - low) / (high - low)
        parts.append(line(at, top - 2, at, bottom, "target"))
        parts.append(text(at, bottom + 11, f"target {target}×", "muted", "middle"))
    for index, (css, name, value, words, more) in enumerate(entries):
        middle = top + ROW * index + ROW / 2
        at = left + width * (value - low) / (high - low)
        bold = "bold" if css == "own" and not target else ""
        parts += [
            text(left - 8, middle + 4, name, bold, "end"),
            mark(left, at, middle, css, target),
            text(x + COLUMN - VALUE + 72, middle + 4, words, bold, "end"),
            text(x + COLUMN, middle + 4, more, "muted", "end"),
        ]
    return parts, HEAD + ROW * len(entries) + FOOT * (1.5 if target else 1)


def chart(results):
    works = {name: work for name, work in results["works"].items() if work["rows"]}
    panels = {}
    for name, measure, factor, title in [
        ("list", "cpu", 1, "List and find foreign objects: CPU per key"),
        ("grant", "cpu", 1, "Repair by grant: CPU per object"),
        ("copy", "cpu", 1, "Repair by copy: CPU per object"),
        ("startup", "wall", 1e6, "Start-up"),
    ]:
        if name in works:
            panels[name] = costs(works[name], measure, factor, title)
    if "pages" in works:
        panels["pages"] = speed_ups(works["pages"])
    parts, bottom = [], 0
    for column, names in enumerate([["list", "pages"], ["grant", "copy", "startup"]]):
        y = MARGIN
        for name in names:
            if name in panels and panels[name][4]:
                svg, height = panel(MARGIN + column * (COLUMN + GAP), y, panels[name])
                parts += svg
                y += height
        bottom = max(bottom, y)
    rounds = f"Medians of {results['rounds']} rounds" if results["rounds"] > 1 else "One round"
    note = f"{results['date']}, {results['machine']}. CPU is the client's, user and system. {rounds}."
    parts.append(text(MARGIN, bottom + 8, note, "muted"))
    height = bottom + MARGIN
    summary = "; ".join(
        f"{content[0]}: " + ", ".join(f"{entry[1]} {entry[3]}" for entry in content[4]) for content in panels.values())
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<title>fixacl beside its peers</title>\n'
        f"<desc>{escape(summary)}</desc>\n<style>{STYLE}</style>\n"
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="6" class="paper"/>\n'
        + "\n".join(parts) + "\n</svg>\n")


if __name__ == "__main__":
    with open(sys.argv[1]) as source, open(sys.argv[2], "w") as drawing:
        drawing.write(chart(json.load(source)))
