"""The repositories in which is measured."""

import os
import random
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

from programs import Failure


class Size(NamedTuple):
    files: int
    folders: int


SIZES = {"S": Size(1_000, 80), "M": Size(20_000, 1_200), "L": Size(100_000, 5_000)}
MODIFIED, ADDED, DELETED = 50, 20, 5
CLEAN, EDIT, DIRTY, COMMIT = "clean", "three files", "dirty", "commit"


class Fixture:
    """A repository with one commit, one pack and one session. The same size gives the same tree everywhere."""

    def __init__(self, size, folder, programs):
        self.programs = programs
        self.top = folder / "work"
        self.git = self.top / ".git"
        self.trash = folder / "trash"
        self.trash.mkdir(parents=True)
        self.version = 0
        self.random = random.Random(f"git-session benchmark {size}")
        self.layout(SIZES[size])
        programs.run("git", "init", "--quiet", str(self.top))
        os.chdir(self.top)
        self.import_commit()
        programs.run("git", "session", "start", "Measure how long it takes")
        programs.run("git", "session", "list")
        programs.run("git", "session", "init")
        programs.run("git", "repack", "-d", "--quiet")
        self.lists()
        for number in range(256):
            (self.git / "objects" / f"{number:02x}").mkdir(exist_ok=True)
        self.baseline = folder / "baseline"
        shutil.copytree(self.git, self.baseline, ignore=lambda path, names: ["objects"])
        self.known = self.look()

    def layout(self, size):
        depths, parents = {"": 0}, [""]
        while len(depths) < size.folders:
            parent = self.random.choice(parents[-400:])
            folder = f"{parent}part{len(depths):04}/"
            depths[folder] = depths[parent] + 1
            if depths[folder] < 7:
                parents.append(folder)
        self.folders = [*depths]
        self.files = [f"{self.random.choice(self.folders)}file{number:06}.txt" for number in range(size.files)]
        chosen = self.random.sample(range(size.files), MODIFIED + DELETED)
        self.modified, self.deleted = chosen[:MODIFIED], chosen[MODIFIED:]
        self.added = [f"{self.random.choice(self.folders)}new{number:02}.txt" for number in range(ADDED)]
        alphabet = "abcdefghijklmnopqrstuvwxyz"
        words = ["".join(self.random.choices(alphabet, k=self.random.randint(2, 9))) for _ in range(5_000)]
        self.pool = "".join(
            " ".join(self.random.choices(words, k=self.random.randint(4, 12))) + "\n" for _ in range(20_000)
        )

    def content(self, number, version):
        """About 4 KB of text, no two alike."""
        start = number * 7919 % (len(self.pool) - 5_000)
        return f"{number} {version}\n{self.pool[start:start + 3_500 + number % 1_000]}\n".encode()

    def rules(self):
        root = [f"*.{name}" for name in "o a so log tmp bak swp orig rej pyc class dylib dll exe obj pid".split()]
        yield ".gitignore", "\n".join(root + ["build/", ".cache/", "/dist", "!keep.log"]) + "\n"
        for folder in self.folders[10::10]:
            yield f"{folder}.gitignore", "*.generated\n/local\n"

    def import_commit(self):
        stream = subprocess.Popen(
            ["git", "fast-import", "--quiet", "--depth=0"], stdin=subprocess.PIPE, env=self.programs.environment
        )
        identity = "Ada <ada@example.test> 1700000000 +0000"
        stream.stdin.write(f"commit refs/heads/main\ncommitter {identity}\ndata 5\nbegin\n".encode())
        entries = [(name, text.encode()) for name, text in self.rules()]
        for name, data in entries + [(name, self.content(n, 0)) for n, name in enumerate(self.files)]:
            stream.stdin.write(f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n")
        stream.stdin.close()
        if stream.wait() != 0:
            raise Failure("git fast-import failed")
        self.programs.run("git", "reset", "--quiet", "--hard")
        for folder in self.folders[20::20]:
            (self.top / folder / "build").mkdir()
            for number in range(10):
                (self.top / folder / f"build/part{number}.o").write_bytes(b"ignored\n")
        # An index as old as its files makes git read them all again, each time.
        time.sleep(1.1)
        self.programs.run("git", "update-index", "-q", "--refresh", "--force-write-index")

    def lists(self):
        """What the sweep looks at, and the three files that an edit changes."""
        names = self.programs.run("git", "ls-files", "-z").split("\0")
        folders = sorted({os.path.dirname(name) for name in names})
        (self.git / "sweep-files").write_bytes(b"".join(name.encode() + b"\0" for name in names if name))
        (self.git / "sweep-folders").write_bytes(b"".join((name or ".").encode() + b"\0" for name in folders))
        (self.git / "edited").write_text("".join(f"{self.files[number]}\n" for number in self.modified[:3]))

    def look(self):
        """The files of the git dir, each with what tells whether it is still the same."""
        found = {}
        for folder, _, names in os.walk(self.git):
            for name in names:
                path = os.path.join(folder, name)
                status = os.stat(path)
                found[os.path.relpath(path, self.git)] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    def reset(self):
        """Makes the git dir what it was. What is new is moved aside: an object that is created soon after others
        were deleted takes ext4 several times as long."""
        current = self.look()
        for name in [name for name in current if self.known.get(name) != current[name]]:
            self.version += 1
            os.rename(self.git / name, self.trash / str(self.version))
        restored = [name for name in self.known if self.known[name] != current.get(name)]
        for name in restored:
            (self.git / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.baseline / name, self.git / name)
        if restored:
            self.known = self.look()

    def prepare(self, state):
        """The same state for every run, but with content that no run has seen."""
        self.reset()
        if state == EDIT:
            self.version += 1
            for number in self.modified[:3]:
                (self.top / self.files[number]).write_bytes(self.content(number, self.version))
        if state in (DIRTY, COMMIT):
            self.version += 1
            for number in self.modified:
                (self.top / self.files[number]).write_bytes(self.content(number, self.version))
            for number, name in enumerate(self.added):
                (self.top / name).write_bytes(self.content(number, -self.version))
            for number in self.deleted:
                (self.top / self.files[number]).unlink(missing_ok=True)
        # Else the first to wait for the disk waits for all of this; with -f, for this file system alone.
        if sys.platform == "linux":
            self.programs.run("sync", "-f", ".")
        else:
            os.sync()

    def check(self, contender):
        """Sees to it that a contender has saved what git would have."""
        saved = self.programs.run("git", "for-each-ref", "--format=%(tree)", contender.saves)
        own = {"GIT_INDEX_FILE": ".git/check.index"}
        self.programs.run("cp", ".git/index", ".git/check.index")
        self.programs.run("git", "add", "--all", environment=own)
        expected = self.programs.run("git", "write-tree", environment=own)
        if saved != expected:
            raise Failure(f"{contender.name} saved the tree '{saved}' instead of {expected}")
