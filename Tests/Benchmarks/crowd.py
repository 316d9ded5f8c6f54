"""Ten coding agents at once, each in a linked work tree of one repository: how long hooks keep them waiting, and what
for."""

import json
import os
import random
import statistics
import subprocess
import threading
import time
from pathlib import Path

from agents import payload
from measuring import high
from programs import Failure

AGENTS = 10
# In seconds, at most, between a turn and the next one.
PAUSE = 1


class Crowd:
    def __init__(self, fixture, scratch):
        self.programs, self.scratch = fixture.programs, scratch
        self.fixture = fixture
        self.trees = [scratch / f"agent{number}" for number in range(AGENTS)]
        # The event, and in milliseconds: all that it took, the wait for a processor, and for anything else.
        self.found = []
        self.failures = []

    def work(self, number, turns):
        """What one agent does, in a thread of its own."""
        try:
            self.work_in(self.trees[number], f"run{number}", random.Random(number), turns)
        except Exception as failure:
            self.failures.append(f"agent {number}: {failure}")

    def work_in(self, tree, run, dice, turns):
        transcript = self.scratch / f"{run}.jsonl"
        files = dice.sample(self.fixture.files, turns)

        def hook(event, **members):
            message = {"id": f"m{dice.random()}", "model": "claude-haiku-4-5", "role": "assistant"}
            message |= {"content": [{"type": "text", "text": "word " * 400}], "usage": {"input_tokens": 2_000}}
            with open(transcript, "a") as file:
                file.write(json.dumps({"type": "assistant", "message": message}) + "\n")
            self.found.append((event, *self.measure(tree, payload(run, tree, transcript, event, members))))

        hook("SessionStart", source="startup")
        hook("UserPromptSubmit", prompt=f"Do what {run} is for")
        for turn, name in enumerate(files):
            (tree / name).write_bytes(self.fixture.content(turn, dice.random()))
            hook("PostToolUse", tool_name="Bash", tool_input={"command": "make"})
            hook("Stop", last_assistant_message="Done.")
            time.sleep(PAUSE * dice.random())
        hook("PreCompact", trigger="auto")
        hook("SessionStart", source="compact")

    def measure(self, tree, data):
        start = time.perf_counter_ns()
        hook = subprocess.Popen(
            ["git-session", "hook", "claude-code"], cwd=tree, env=self.programs.environment,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        hook.stdin.write(data)
        hook.stdin.close()
        # Ended, but still there to be asked.
        os.waitid(os.P_PID, hook.pid, os.WEXITED | os.WNOWAIT)
        end = time.perf_counter_ns()
        # Of its first thread, in nanoseconds: at work, and ready for it (Documentation/scheduler/sched-stats).
        busy, ready = map(int, Path(f"/proc/{hook.pid}/schedstat").read_text().split()[:2])
        complaint = hook.stderr.read().decode(errors="replace").strip()
        if hook.wait() != 0 or complaint:
            raise Failure(f"a hook ended with {hook.returncode}: {complaint}")
        return (end - start) / 1e6, ready / 1e6, (end - start - busy - ready) / 1e6

    def check(self):
        """All that each agent has done is in its session."""
        for tree in self.trees:
            status = json.loads(self.programs.run("git-session", "-C", str(tree), "status", "--json"))
            if status["data"]["unsaved"]:
                raise Failure(f"something in '{tree}' was not saved")
        listed = json.loads(self.programs.run("git-session", "list", "--json"))["data"]["sessions"]
        # That of the fixture is there as well.
        if len(listed) != AGENTS + 1:
            raise Failure(f"{AGENTS} agents have begun {len(listed) - 1} sessions")
        self.programs.run("git", "fsck", "--strict", "--no-dangling")


def run(fixture, turns, scratch):
    """Returns lines of a table, in milliseconds."""
    if not os.path.exists("/proc/self/schedstat"):
        raise Failure("this system does not tell what a program waits for")
    crowd = Crowd(fixture, scratch)
    for tree in crowd.trees:
        fixture.programs.run("git", "worktree", "add", "--quiet", "-b", tree.name, str(tree))
    threads = [threading.Thread(target=crowd.work, args=(number, turns)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if crowd.failures:
        raise Failure("; ".join(crowd.failures))
    crowd.check()
    lines = [
        f"| {AGENTS} agents, {turns} turns each | hooks | median | p95 | most | waiting for a processor, most"
        " | for anything else, p95 | most |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for event in [*dict.fromkeys(found[0] for found in crowd.found), "all"]:
        rows = [found[1:] for found in crowd.found if event in (found[0], "all")]
        took, ready, blocked = (sorted(column) for column in zip(*rows))
        lines.append(
            f"| {event} | {len(rows)} | {statistics.median(took):.1f} | {high(took):.1f} | {took[-1]:.1f}"
            f" | {ready[-1]:.1f} | {high(blocked):.1f} | {blocked[-1]:.1f} |"
        )
    return lines
