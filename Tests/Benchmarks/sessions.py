"""What thousands of sessions that have ended, and long chains, cost git and git-session."""

import datetime
import hashlib
import json
import os
import random
import statistics
import struct
import time
import zlib

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KINDS = {"commit": 1, "tree": 2, "blob": 3}
CHAIN = 1_000


class Pack:
    """Objects that go into a repository as one pack. Ten thousand runs of git-session would take too long."""

    def __init__(self):
        self.objects = {}

    def add(self, kind, data):
        name = hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest()
        self.objects[name] = (kind, data)
        return name

    def commit(self, tree, parents, message, moment):
        who = f"Ada <ada@example.test> {moment} +0000"
        lines = [f"tree {tree}"] + [f"parent {parent}" for parent in parents]
        return self.add("commit", "\n".join(lines + [f"author {who}", f"committer {who}", "", message]).encode())

    def write(self, path):
        data = bytearray(b"PACK" + struct.pack(">II", 2, len(self.objects)))
        for kind, content in self.objects.values():
            size = len(content)
            byte, size = KINDS[kind] << 4 | size & 15, size >> 4
            while size:
                data.append(byte | 0x80)
                byte, size = size & 0x7F, size >> 7
            data.append(byte)
            data += zlib.compress(content, 1)
        path.write_bytes(data + hashlib.sha1(data).digest())


def base32(value, count):
    return "".join(ALPHABET[value >> 5 * (count - 1 - place) & 31] for place in range(count))


def ended_session(pack, number, source):
    """A session that was started and completed, as formats.md describes it. Returns its reference and tip."""
    moment = 1_600_000_000 + number * 3_600
    stamp = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    session = base32(moment * 1000, 10) + base32(source.getrandbits(40), 8) + base32(source.getrandbits(40), 8)
    writer = base32(source.getrandbits(40), 8)
    empty = pack.add("tree", b"")
    names = f"Session-Id: {session}\nSession-Writer: {writer}\n"
    tip = pack.commit(empty, [], f"session: begin\n\n{names}Session-Clock: 0\n", moment)
    start = {"kind": "started", "key": number + 1, "objective": f"Old work {number}", "name": f"old-{number}"}
    end = {"kind": "lifecycle-changed", "change": "complete"}
    for clock, event in enumerate((start, end), 1):
        document = {"format": 1, "session": session, "writer": writer, "clock": clock}
        document["events"] = [{**event, "sequence": clock, "time": stamp}]
        blob = pack.add("blob", (json.dumps(document, sort_keys=True, indent=2) + "\n").encode())
        tree = pack.add("tree", b"100644 session.json\0" + bytes.fromhex(blob))
        record = pack.commit(tree, [], "session: record\n", moment)
        trailers = f"Session-Previous: {tip}\nSession-Record: {record}\n{names}Session-Clock: {clock}\n"
        tip = pack.commit(empty, [tip, record], f"{event['kind']}\n\n{trailers}", moment + clock)
    return f"refs/sessions/{session}/{writer}", tip


def add_sessions(top, count, scratch, programs):
    pack, source = Pack(), random.Random("git-session benchmark sessions")
    references = [ended_session(pack, number, source) for number in range(count)]
    file = scratch / "sessions.pack"
    pack.write(file)
    target = top / ".git/objects/pack" / f"pack-{hashlib.sha1(file.read_bytes()).hexdigest()}.pack"
    os.rename(file, target)
    programs.run("git", "-C", str(top), "index-pack", str(target))
    lines = [f"{tip} {name}\n" for name, tip in references]
    programs.run("git", "-C", str(top), "pack-refs", "--all")
    packed = top / ".git/packed-refs"
    header, *known = packed.read_text().splitlines(keepends=True)
    packed.write_text(header + "".join(sorted(known + lines, key=lambda line: line.split(" ")[1])))


def make(name, scratch, programs):
    """A clone with one commit, a session that goes on, and a remote that has it all."""
    top = scratch / name
    programs.run("git", "init", "--quiet", "--bare", str(scratch / f"{name}.git"))
    programs.run("git", "init", "--quiet", str(top))
    os.chdir(top)
    for number in range(10):
        (top / f"file{number}").write_text(f"{number}\n")
    programs.run("git", "add", "--all")
    programs.run("git", "commit", "--quiet", "--message", "base")
    programs.run("git", "remote", "add", "origin", str(scratch / f"{name}.git"))
    programs.run("git", "push", "--quiet", "--set-upstream", "origin", "HEAD")
    programs.run("git", "session", "start", "Measure how long it takes")
    return top


def clone(origin, name, scratch, programs):
    """A clone that has fetched the sessions of another one's remote, with a session of its own."""
    top = scratch / name
    programs.run("git", "clone", "--quiet", str(scratch / f"{origin}.git"), str(top))
    os.chdir(top)
    programs.run("git", "session", "fetch")
    programs.run("git", "session", "start", "Measure how long it takes")
    return top


COMMANDS = [
    ("git", "fetch"),
    ("git", "push"),
    ("git", "log", "--all", "-5"),
    ("git", "session", "fetch"),
    ("git", "session", "push"),
    ("git", "session", "checkpoint"),
    ("git", "session", "list"),
]

# Those whose sessions the remote has; the others would have to be asked first.
SENDING = ("none", "sent", "fetched")


def run(count, rounds, scratch, programs):
    """Returns lines of a table: medians in milliseconds, and what they are of those in the first clone."""
    names = ("none", "archived", "sent", "references", "chain")
    tops = {name: make(name, scratch, programs) for name in names}
    for name in ("archived", "sent", "references"):
        add_sessions(tops[name], count, scratch, programs)
        os.chdir(tops[name])
        programs.run("git", "session", "list")
    for name in ("archived", "sent"):
        os.chdir(tops[name])
        programs.run("git", "session", "doctor", "--fix")
    # Archived as well, and the remote has them too. The same for one that has fetched them.
    programs.run("git", "session", "push", "--yes")
    tops["fetched"] = clone("sent", "fetched", scratch, programs)
    for name in SENDING:
        os.chdir(tops[name])
        programs.run("git", "session", "push", "--yes")
        programs.run("git", "session", "fetch")
    programs.run("git", "-C", str(scratch / "sent.git"), "gc", "--quiet")
    os.chdir(tops["chain"])
    for number in range(CHAIN):
        (tops["chain"] / "file0").write_text(f"chain {number}\n")
        programs.run("git", "session", "checkpoint")
    for top in tops.values():
        programs.run("git", "-C", str(top), "gc", "--quiet")
    lines = ["| command | " + " | ".join(tops) + " |", "| --- |" + " --- |" * len(tops)]
    for command in COMMANDS:
        times = {name: [] for name in tops if name in SENDING or command != ("git", "session", "push")}
        for number in range(rounds + 1):
            for name in times:
                top = tops[name]
                os.chdir(top)
                (top / "file0").write_text(f"{command} {number}\n")
                begin = time.perf_counter()
                programs.run(*command)
                if number:
                    times[name].append((time.perf_counter() - begin) * 1000)
        medians = {name: statistics.median(found) for name, found in times.items()}
        cells = [
            f"{medians[name]:.1f} ({medians[name] / medians['none']:.2f})" if name in medians else "–" for name in tops
        ]
        lines.append(f"| {' '.join(command)} | " + " | ".join(cells) + " |")
    return lines
