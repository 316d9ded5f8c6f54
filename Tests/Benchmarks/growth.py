"""How much many checkpoints of small edits add to the object store."""

import os
import time
from pathlib import Path


def measure_growth(fixture, count):
    """Takes `count` checkpoints, each after a line or two were changed, and ends the session, which merges its packs.

    The same objects as git packs them, from scratch and with all differences sought anew, are what the growth is
    held against.
    """
    programs, random = fixture.programs, fixture.random
    before = sizes(fixture.git / "objects")
    start = time.monotonic()
    for number in range(count):
        for _ in range(random.randint(1, 2)):
            path = fixture.top / random.choice(fixture.files[:200])
            lines = path.read_bytes().split(b"\n")
            lines[random.randrange(len(lines))] = f"edit {number} {random.random()}".encode()
            path.write_bytes(b"\n".join(lines))
        programs.run("git", "session", "checkpoint")
    seconds = time.monotonic() - start
    # The end of the session has its packs merged, by a process that goes on by itself.
    programs.run("git", "session", "complete")
    deadline = time.monotonic() + 120
    while len(list((fixture.git / "objects/pack").glob("*.pack"))) > 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    after = sizes(fixture.git / "objects")
    own = [name for name in after if name.endswith(".pack") and name not in before]
    return {
        "checkpoints": count,
        "seconds": round(seconds, 1),
        "bytes": sum(after.values()) - sum(before.values()),
        "repacked": repacked(fixture),
        "packs": len(own),
        "looseObjects": sum(1 for name in after if "/" in name and len(name.split("/")[0]) == 2) - sum(
            1 for name in before if "/" in name and len(name.split("/")[0]) == 2
        ),
    }


def sizes(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            found[str(path.relative_to(folder))] = path.stat().st_size
    return found


def repacked(fixture):
    """The size of pack and index of what sessions and notes hold and the branch does not."""
    folder = fixture.top.parent / "repacked"
    folder.mkdir()
    script = (
        "git rev-list --objects --glob=refs/sessions --glob=refs/notes/sessions --not HEAD"
        f" | git pack-objects --quiet --no-reuse-delta --delta-base-offset '{folder}/pack'"
    )
    fixture.programs.run("sh", "-c", script)
    return sum(size for name, size in sizes(folder).items() if name.endswith((".pack", ".idx")))
