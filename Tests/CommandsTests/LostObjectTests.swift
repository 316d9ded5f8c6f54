import TestSupport
import Testing

/// A crash, or a disk, has taken objects from the repository that only the index names, or a part of the index.
@Suite struct LostObjectTests {
  private static let lose = "o=.git/objects/$(git rev-parse :p.txt | sed 's:^..:&/:'); chmod u+w $o;"

  private func terminal() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session init --quiet; git session agent install claude-code --quiet")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one stop")
    return terminal
  }

  /// Older than the index, so that git and we take the file to be as it was staged.
  private func stage(_ terminal: Terminal) throws {
    try terminal.output("echo precious >p.txt; touch -d '1 hour ago' p.txt; git add p.txt")
  }

  @Test(arguments: ["rm $o", ": >$o"]) func aFileBringsBackWhatWasStagedOfIt(loss: String) throws {
    let terminal = try terminal()
    try stage(terminal)
    try terminal.output("\(Self.lose) \(loss)")
    let result = try terminal.run("stand-in-agent claude-code run-1 stop")
    #expect(result.errors == "")
    try terminal.output("rm p.txt; git session restore --quiet c3")
    #expect(try terminal.output("cat p.txt; git cat-file blob :p.txt") == "precious\nprecious\n")
    #expect(try terminal.run("git session doctor").status == 0)
  }

  @Test(arguments: ["rm $o", ": >$o"]) func whatWasStagedAndIsGoneIsNamed(loss: String) throws {
    let terminal = try terminal()
    try stage(terminal)
    try terminal.output("\(Self.lose) \(loss); echo new >p.txt; echo other >q.txt; git add q.txt")
    let refused = try terminal.run("git session restore c1")
    #expect(refused.status == 128 && refused.errors.contains("has lost something that is staged"))
    let result = try terminal.run("stand-in-agent claude-code run-1 stop")
    #expect(result.errors.contains("has lost what was staged of 'p.txt'"), "\(result.errors)")
    let checkpoint = try terminal.output("git for-each-ref --format='%(objectname)' refs/sessions").dropLast()
    #expect(try terminal.output("git show \(checkpoint):p.txt") == "new\n")
    // What was staged of another file is not lost with it.
    #expect(try terminal.output("git rev-list --objects \(checkpoint) | git cat-file --batch-check") != "")
    try terminal.output("git reset --quiet; git session restore --index --quiet c3")
    #expect(try terminal.output("git diff --cached --name-only").contains("q.txt"))
  }

  /// The last bytes are a checksum; the ones before them name trees.
  @Test(arguments: [31, 32, 100, 150, 170, 190]) func anIndexThatWasCutOff(length: Int) throws {
    let terminal = try terminal()
    try terminal.output("head -c \(length) .git/index >../cut; cp ../cut .git/index; echo new >new.txt")
    let result = try terminal.run("stand-in-agent claude-code run-1 stop compact=9000")
    #expect(result.errors.contains("git's index cannot be read; the files are saved"), "\(result.errors)")
    let tip = try terminal.output("git for-each-ref --format='%(objectname)' refs/sessions").dropLast()
    #expect(try terminal.output("git show \(tip):new.txt; cmp ../cut .git/index") == "new\n")
  }

  /// git warns of such a list and goes on, libgit2 opens nothing. That is no session without commits.
  @Test func aRepositoryThatCannotBeOpenedIsNotTakenForEmpty() throws {
    let terminal = try terminal()
    // What lies in packs is read without opening anything.
    try terminal.output(
      """
      mv .git/objects/pack ../packs; mkdir .git/objects/pack
      for pack in ../packs/*.pack; do git unpack-objects -q <$pack; done
      rm -f .git/sessions/index.db* .git/session/history .git/session/heading
      mkdir -p .git/objects/info/alternates
      """)
    for verb in ["list", "status", "note text"] {
      let result = try terminal.run("git session \(verb)")
      #expect(result.status == 128 && result.errors.contains("cannot open the object database"), "\(verb)")
    }
    _ = try terminal.run("stand-in-agent claude-code run-1 'ask=Go on'")
    #expect(terminal.repository.read(".git/session/pending-start") == nil)
    try terminal.output("rmdir .git/objects/info/alternates")
    #expect(try terminal.output("git session list").contains("Do it"))
  }
}
