"""Runs one program and measures it."""

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field


class Failure(Exception):
    """A tool did not do its work: what it has cost says nothing."""


@dataclass
class Run:
    """What one run of a program cost: seconds, bytes."""

    wall: float
    user: float
    system: float
    rss: int
    lines: int  # of its output
    output: str  # the last of it
    objects: int = 0
    requests: dict = field(default_factory=dict)
    more: dict = field(default_factory=dict)

    @property
    def cpu(self):
        return self.user + self.system


def run(bench, command, environment=None, timeout=600):
    """Runs a command to its end. Its output goes into a pipe: listings are long, and a file would cost more."""
    usage = bench.folder / "usage.json"
    usage.unlink(missing_ok=True)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [bench.bin / "measured", usage, *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=bench.folder,
            start_new_session=True)
        lines, tail = 0, b""
        try:
            alarm = signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
            signal.alarm(timeout)
            while chunk := os.read(process.stdout.fileno(), 1 << 20):
                lines += chunk.count(b"\n")
                tail = (tail + chunk)[-4096:]
            status = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, alarm)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if status != 0 or not usage.exists():
        reason = said.splitlines()[-1] if said else "it was stopped" if status < 0 else "it said nothing"
        raise Failure(f"ended with {status}: {reason[:300]}")
    cost = json.loads(usage.read_text())
    return Run(cost["wall"], cost["user"], cost["system"], cost["rss"], lines, tail.decode(errors="replace"))
