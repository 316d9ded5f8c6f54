"""Starting programs and waiting for them."""

import os
import shutil
from pathlib import Path


class Failure(Exception):
    pass


class Programs:
    """Starts programs in an environment of their own and waits for them."""

    def __init__(self, scratch, binary):
        for name in ("bin", "home", "tmp"):
            (scratch / name).mkdir()
        # Where a disk is not to be measured, the program is not to be read from one.
        shutil.copy2(binary, scratch / "bin/git-session")
        (scratch / "home/.gitconfig").write_text(
            "[user]\n\tname = Ada\n\temail = ada@example.test\n[init]\n\tdefaultBranch = main\n"
            "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
        )
        self.environment = {
            "PATH": f"{scratch / 'bin'}:{os.environ['PATH']}",
            "HOME": str(scratch / "home"),
            "TMPDIR": str(scratch / "tmp"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
            # git status would put what it finds out into the index, and the next run find another state.
            "GIT_OPTIONAL_LOCKS": "0",
        }
        self.errors = open(scratch / "errors", "w+b")
        self.paths = {}

    def compile(self, source):
        """A program in C, beside the others."""
        compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
        if compiler is None:
            raise Failure("a C compiler is needed")
        target = Path(self.environment["PATH"].split(":")[0]) / source.stem
        self.run(compiler, "-O2", "-pthread", "-o", str(target), str(source))

    def run(self, *words, environment={}, data=b""):
        """Returns what the program writes. `data` is what it reads, less than a pipe holds. Cheaper than the module
        subprocess, which matters below 2 ms."""
        program = self.paths.setdefault(words[0], shutil.which(words[0], path=self.environment["PATH"]))
        if program is None:
            raise Failure(f"{words[0]} is not on the PATH")
        self.errors.seek(0)
        input, giving = os.pipe()
        os.write(giving, data)
        os.close(giving)
        reading, writing = os.pipe()
        child = os.posix_spawn(
            program,
            words,
            {**self.environment, **environment},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, input, 0),
                (os.POSIX_SPAWN_DUP2, writing, 1),
                (os.POSIX_SPAWN_DUP2, self.errors.fileno(), 2),
            ],
        )
        os.close(input)
        os.close(writing)
        output = b""
        while chunk := os.read(reading, 1 << 16):
            output += chunk
        os.close(reading)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != 0:
            end = self.errors.tell()
            self.errors.seek(0)
            complaint = self.errors.read(end).decode(errors="replace").strip()
            raise Failure(f"'{' '.join(words)}' ended with {status}: {complaint}")
        return output.decode(errors="replace").strip()
