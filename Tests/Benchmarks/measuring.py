"""Rounds, and what comes out of them."""

import os
import statistics
import sys
import time
from pathlib import Path


def count_git(contender, fixture):
    trace = fixture.trash / "trace"
    fixture.programs.environment["GIT_TRACE2_EVENT"] = str(trace)
    contender.run(fixture.programs)
    del fixture.programs.environment["GIT_TRACE2_EVENT"]
    lines = trace.read_text().splitlines() if trace.exists() else []
    trace.unlink(missing_ok=True)
    return sum('"event":"start"' in line for line in lines)


def stolen():
    """What the system that this machine runs in has taken from its processors, in ticks (Linux)."""
    return int(Path("/proc/stat").read_text().split("\n")[0].split()[8])


def high(times):
    """Of sorted ones, the one that 95 of 100 do not exceed."""
    return times[min(len(times) - 1, int(len(times) * 0.95))]


class Machine:
    """What other programs make of the machine, where the system tells it (Linux)."""

    def __init__(self):
        self.statistics = Path("/proc/stat")
        self.start()

    def start(self):
        self.time, self.used = time.monotonic(), self.used_by_others()

    def used_by_others(self):
        """Seconds of all processors, without those of this program and of what it has started."""
        words = self.statistics.read_text().split("\n")[0].split()[1:]
        user, nice, system, idle, waiting, interrupts, short_interrupts = map(int, words[:7])
        busy = (user + nice + system + interrupts + short_interrupts) / os.sysconf("SC_CLK_TCK")
        own = os.times()
        return busy - own.user - own.system - own.children_user - own.children_system

    def is_disturbed(self):
        """Since the start. The kernel's own work for the disk counts as others', hence the quarter."""
        elapsed = time.monotonic() - self.time
        return self.used_by_others() - self.used > 0.25 * elapsed + 0.05

    def wait_for_calm(self):
        while True:
            self.start()
            time.sleep(2)
            if not self.is_disturbed():
                return self.start()


def measure(size, state, contenders, options, fixture):
    """One result for each contender of a state."""
    contenders = [contender for contender in contenders if contender.state == state]
    runs = {contender.name: [] for contender in contenders}
    processes = {}
    for contender in contenders:
        fixture.prepare(state)
        processes[contender.name] = count_git(contender, fixture)
        if contender.saves:
            fixture.check(contender)
    machine = Machine() if options.calm else None
    round = repeated = 0
    while round < options.rounds:
        turn = round % len(contenders)
        times = {}
        if machine:
            machine.wait_for_calm()
        for contender in contenders[turn:] + contenders[:turn]:
            fixture.prepare(state)
            start = time.perf_counter_ns()
            contender.run(fixture.programs)
            times[contender.name] = (time.perf_counter_ns() - start) / 1e6
        if machine and machine.is_disturbed():
            repeated += 1
            continue
        round += 1
        for name in runs:
            runs[name].append(times[name])
    if repeated:
        print(f"size {size}, {state}: {repeated} rounds were disturbed and repeated", file=sys.stderr)
    medians = {name: statistics.median(times) for name, times in runs.items()}
    for contender in contenders:
        times = sorted(runs[contender.name])
        yield {
            "size": size,
            "state": state,
            "contender": contender.name,
            "against": contender.against,
            "median": round_to(medians[contender.name]),
            "quarter": round_to(times[len(times) // 4]),
            "threeQuarters": round_to(times[len(times) * 3 // 4]),
            "ratio": round_to(medians[contender.name] / medians[contender.against]) if contender.against else None,
            "gitProcesses": processes[contender.name],
            "runs": [round_to(time) for time in runs[contender.name]],
        }


def round_to(number):
    return float(f"{number:.3g}") if number < 100 else round(number)
