"""What fixacl is meant to reach, as data."""

from dataclasses import dataclass
from typing import Callable, Optional


@dataclass
class Target:
    """A bound of something measured."""

    title: str
    limit: float
    # From the results; None where it was not measured.
    measure: Callable[..., Optional[float]]
    unit: str = ""
    is_least: bool = False  # the limit is the least, not the most
    limit_text: str = ""

    def is_met(self, measured):
        return measured >= self.limit if self.is_least else measured <= self.limit

    def text(self):
        return f"{'≥' if self.is_least else '≤'} {self.limit_text or self.shown(self.limit)}"

    def shown(self, value):
        digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
        return f"{value:,.{digits}f}{self.unit}"


def cost(work, measure="cpu", factor=1):
    def found(results):
        value = results.value(work, "fixacl", measure)
        return None if value is None else value * factor

    return found


def share(work, other, measure="cpu", row="fixacl"):
    """fixacl's cost as a share of another's."""

    def found(results):
        mine, theirs = results.value(work, row, measure), results.value(work, other, measure)
        return None if mine is None or theirs is None else mine / theirs

    return found


def speed_up(shape, work="pages"):
    """How many times faster than one page after the other."""

    def found(results):
        mine, serial = results.value(work, shape, "wall"), results.value(work, shape + " serial", "wall")
        return None if mine is None or serial is None else serial / mine

    return found


SHAPES = ("hex", "dates", "deep", "prefix", "folders", "counter", "unicode", "partitions", "names", "mixed")


def middle_speed_up(results):
    values = sorted(value for value in (speed_up(shape)(results) for shape in SHAPES) if value is not None)
    return values[len(values) // 2] if values else None


TARGETS = [
    Target("list + detect, CPU per key", 1.7, cost("list"), " µs"),
    Target("list + detect, of the C floor's CPU per key", 1.25, share("list", "floor")),
    Target("list + detect, of obstore's CPU", 0.5, share("list", "obstore")),
    Target("list + detect, of obstore's CPU with Arrow tables", 0.5, share("list", "obstore-arrow")),
    Target("list + detect, of s5cmd's CPU", 1 / 12, share("list", "s5cmd"), limit_text="1/12 (0.083)"),
    Target("repair by grant, of the C floor's CPU per object", 1.6, share("grant", "floor")),
    Target("repair by grant, of s3cmd's CPU per object", 1 / 12, share("grant", "s3cmd"), limit_text="1/12 (0.083)"),
    Target("repair by grant, of boto3's CPU per object", 1 / 40, share("grant", "boto3"), limit_text="1/40 (0.025)"),
    Target("repair by copy, of the C floor's CPU per request", 1.5, share("copy", "floor", "per_request")),
    Target("repair by copy, of s5cmd's CPU per object", 1 / 3, share("copy", "s5cmd"), limit_text="1/3 (0.33)"),
    *(
        Target(f"list at 100 ms a page, {shape}, times serial", 35, speed_up(shape), "×", is_least=True)
        for shape in SHAPES),
    Target("list at 100 ms a page, in the middle of the shapes, times serial", 45, middle_speed_up, "×", is_least=True),
    *(
        Target(f"list 10,000,000 keys, {shape}, times serial", 100, speed_up(shape, "vast"), "×", is_least=True)
        for shape in ("hex", "partitions", "mixed")),
    # 85% of 512 ÷ 50 ms is 8,704; of a GET and a PUT for each object, S3 documents 3,500 each.
    Target(
        "repair by grant at 50 ms, 512 in flight", 7000, cost("latency", "request_rate"), " requests/s", is_least=True,
        limit_text="7,000 requests/s"),
    *(
        Target(
            f"repair by grant with {refused} of 503s, of the speed without", limit,
            share("refused", "fixacl", "object_rate", row=f"fixacl {refused}"), is_least=True)
        for refused, limit in (("1%", 0.6), ("3%", 0.3))),
    Target("explain one object at 50 ms", 1500, cost("explain", "wall", 1000), " ms"),
    Target("start-up", 20, cost("startup", "wall", 1000), " ms"),
]
