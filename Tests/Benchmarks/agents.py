"""How long the hooks of a coding agent keep it waiting, and in the same rounds `git status`, and `git rev-parse`, which
is what starting a program takes on this machine."""

import json
import os
import random
import statistics
import sys
import time

from measuring import high, stolen

# Files that are not committed.
CHANGED = (20, 200)
FILES_IN_A_TURN = 5

# In seconds, before each hook: a model takes that long at least, and what an agent does not wait for is done meanwhile.
# Seven of them are longer than the five seconds within which a compaction that is told twice is one.
PAUSE = 0.8


def payload(run, folder, transcript, event, members):
    """What Claude Code says to its hooks."""
    common = {"session_id": run, "cwd": str(folder), "transcript_path": str(transcript), "hook_event_name": event}
    return json.dumps({**common, **members}).encode()


class Agent:
    """Claude Code at work in a repository, as its hooks and its transcript tell."""

    def __init__(self, fixture, transcript, calm=False):
        # Whether it is counted in which times others have taken the processors.
        self.calm, self.disturbed = calm, 0
        self.programs, self.top = fixture.programs, fixture.top
        self.files, self.content = fixture.files, fixture.content
        self.transcript = transcript
        self.random = random.Random("git-session benchmark agents")
        self.answers = self.version = 0

    def hook(self, event, **members):
        """In milliseconds."""
        time.sleep(PAUSE)
        data = payload("run", self.top, self.transcript, event, members)
        return self.measure("git-session", "hook", "claude-code", data=data)

    def measure(self, *words, data=b""):
        """In milliseconds."""
        before = stolen() if self.calm else 0
        start = time.perf_counter_ns()
        self.programs.run(*words, data=data)
        end = time.perf_counter_ns()
        if self.calm:
            self.disturbed += stolen() > before
        return (end - start) / 1e6

    def answer(self, size):
        """A command and what it printed, about `size` bytes."""
        self.answers += 1
        use = {"type": "tool_use", "id": f"t{self.answers}", "name": "Bash", "input": {"command": "make test"}}
        usage = {"input_tokens": 2_000 + self.answers, "output_tokens": 10}
        output = "".join(f"{self.random.random()} passed\n" for _ in range(size // 26))
        result = {"type": "tool_result", "tool_use_id": use["id"], "content": output}
        message = {"id": f"m{self.answers}", "model": "claude-haiku-4-5", "role": "assistant"}
        lines = [
            {"type": "assistant", "message": {**message, "content": [use], "usage": usage}},
            {"type": "user", "message": {"role": "user", "content": [result]}},
        ]
        with open(self.transcript, "a") as file:
            file.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)

    def edit(self, numbers):
        self.version += 1
        for number in numbers:
            (self.top / self.files[number]).write_bytes(self.content(number, self.version))

    def work(self, numbers):
        """Changes files, turn by turn."""
        for first in range(0, len(numbers), FILES_IN_A_TURN):
            self.edit(numbers[first:first + FILES_IN_A_TURN])
            self.answer(10_000)
            self.hook("Stop", last_assistant_message="Done.")


def rounds(agent, numbers, count):
    """The times of each hook, and of git status, by name. Files of `numbers` are edited."""
    times = {}
    # The first round warms up.
    one_round(agent, numbers)
    repeated = done = 0
    while done < count:
        agent.disturbed = 0
        found = one_round(agent, numbers)
        if agent.disturbed:
            repeated += 1
            continue
        done += 1
        for name, milliseconds in found.items():
            times.setdefault(name, []).append(milliseconds)
    if repeated:
        print(f"{repeated} rounds were disturbed and repeated", file=sys.stderr)
    return times


def one_round(agent, numbers):
    found = {}
    found["a tool, nothing to do"] = agent.hook("PostToolUse", tool_name="Read", tool_input={})
    agent.answer(2_000)
    found["a tool, its answer"] = agent.hook("PostToolUse", tool_name="Bash", tool_input={"command": "make"})
    found["a request"] = agent.hook("UserPromptSubmit", prompt="Go on")
    agent.edit(agent.random.sample(numbers, FILES_IN_A_TURN))
    found["a turn ends"] = agent.hook("Stop", last_assistant_message="Done.")
    agent.edit(agent.random.sample(numbers, 1))
    found["before a compaction"] = agent.hook("PreCompact", trigger="auto")
    found["a context starts after it"] = agent.hook("SessionStart", source="compact")
    agent.edit(agent.random.sample(numbers, 1))
    found["a context starts"] = agent.hook("SessionStart", source="startup")
    for words in (("rev-parse", "HEAD"), ("status", "--porcelain")):
        time.sleep(PAUSE)
        found[f"git {words[0]}"] = agent.measure("git", *words)
    return found


def run(fixture, count, scratch, calm):
    """Returns lines of tables: milliseconds, and what the median is of that of git status."""
    lines = []
    agent = Agent(fixture, scratch / "transcript.jsonl", calm)
    agent.hook("SessionStart", source="startup")
    agent.hook("UserPromptSubmit", prompt="Count failed attempts")
    numbers = agent.random.sample(range(len(fixture.files)), max(CHANGED))
    done = 0
    for changed in CHANGED:
        agent.work(numbers[done:changed])
        done = changed
        times = rounds(agent, numbers[:done], count)
        status = statistics.median(times["git status"])
        title = f"{changed} of {len(fixture.files)} files uncommitted"
        lines += [f"| {title} | median | p95 | to git status |", "| --- | --- | --- | --- |"]
        for name, found in times.items():
            found.sort()
            median = statistics.median(found)
            lines.append(f"| {name} | {median:.1f} | {high(found):.1f} | {median / status:.2f} |")
    return lines
