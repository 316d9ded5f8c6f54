import TestSupport
import Testing

/// What a handoff remembers of the last one changes nothing in it.
@Suite struct HandoffDifferences {
  @Test func aHandoffIsTheSameWithAndWithoutMemory() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    let program = (0..<40).map { "int f\($0)(void)\n{\n\treturn \($0);\n}\n" }.joined()
    try terminal.output(
      "cat >a.c <<'END'\n\(program)END\ncp a.c b.c; git add a.c b.c; git commit --quiet -m 'Add both'")
    let handoff = "git session handoff"
    // The same contents, another name or another attribute; work that is staged, changed back, new, binary or gone.
    for change in [
      "sed -i s/3/33/ a.c", "cp a.c c.c", "git add a.c c.c", "sed -i s/5/55/ a.c", "mv a.c d.c", "cp d.c a.c",
      "echo 'b.c -diff' >.gitattributes; sed -i s/7/77/ b.c", "echo 'b.c diff=cpp' >.gitattributes",
      "rm .gitattributes", "printf '\\0' >>b.c", "git checkout --quiet b.c",
      "git config core.bigFileThreshold 100",
      "git config --unset core.bigFileThreshold", "git commit --quiet -a -m 'Change all'", "rm c.c",
    ] {
      try terminal.output("\(change); git session checkpoint --quiet")
      let remembered = try terminal.output("\(handoff)")
      #expect(try terminal.output("rm .git/session/differences; \(handoff)") == remembered, "\(change)")
      #expect(try terminal.output(handoff) == remembered, "\(change)")
    }
    // Which files its checkpoints have touched is remembered too.
    try terminal.output("grep --quiet --text d.c .git/session/differences")
  }

  /// What stands on another branch was not given up.
  @Test func whatIsCommittedElsewhereWasNotTakenBack() throws {
    let terminal = try Terminal()
    try terminal.output(
      "project; git session init --quiet; git session start 'Retry failed deliveries' --quiet")
    try terminal.output(
      "git switch --quiet -c other; echo q >q.txt; git add q.txt; git commit --quiet -m 'Add q'; git switch --quiet -"
    )
    try terminal.output(
      "echo r >r.txt; git session checkpoint --quiet; rm r.txt; git session checkpoint --quiet")
    let handoff = try terminal.output("git session handoff")
    #expect(handoff.contains("`r.txt` was changed") && !handoff.contains("`q.txt` was changed"), "\(handoff)")
    let gone = try terminal.output("git branch --quiet -D other; git session handoff")
    #expect(gone.contains("`q.txt` was changed in 1 checkpoint and is now as before"), "\(gone)")
  }
}
