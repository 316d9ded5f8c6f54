import Foundation
import TestSupport
import Testing

/// A clone with many sessions that ended, and a remote that has been sent them.
struct ArchiveScene {
  let terminal: Terminal
  static let count = 31
  /// So many of them keep references of their own: see the operation that archives.
  static let kept = 3

  init() throws {
    terminal = try RemoteTests.terminal()
    try terminal.output("git remote add origin ../hub.git; git push --quiet origin main")
    try Self.bringOld(into: terminal)
    try terminal.output("git session push --yes --quiet")
  }

  /// A bundle of so many sessions that one more is enough to archive them. They are made once.
  private static let old = Result {
    let terminal = try RemoteTests.terminal()
    try endSessions(terminal, count: 30)
    try terminal.output("git bundle create --quiet ../old.bundle --glob=refs/sessions")
    return try Data(contentsOf: URL(filePath: terminal.repository.root + "/old.bundle"))
  }

  static func bringOld(into terminal: Terminal) throws {
    try old.get().write(to: URL(filePath: terminal.repository.root + "/old.bundle"))
    try terminal.output("git fetch --quiet ../old.bundle 'refs/sessions/*:refs/sessions/*'")
    try terminal.output("git session start 'The last one' --quiet; git session complete --quiet")
  }

  /// `series` makes the names others than those of another call, and later.
  static func endSessions(
    _ terminal: Terminal, count: Int, in place: String = ".", series: Int = 5
  ) throws {
    try terminal.output(
      """
      cd \(place); for number in $(seq 10 \(9 + count)); do
        export GIT_SESSION_TEST_SEED=\(series)$number GIT_SESSION_TEST_CLOCK=2026-01-0\(series)T08:$number:00Z
        git session start "Old $number" --quiet && git session complete --quiet || exit 1
      done
      """)
  }

  func references(_ prefix: String, in place: String = "../work") throws -> Int {
    try terminal.output("git -C \(place) for-each-ref \(prefix)").split(separator: "\n").count
  }

  /// What every clone tells in the same way.
  func view(in place: String) throws -> String {
    let fixed = "cd \(place); export GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z;"
    let each = "for key in 1 30; do git session show $key --json || exit 1; done"
    return try terminal.output("\(fixed) \(each); git session list | cut -c 3-")
  }

  func requireSame(_ places: String...) throws {
    let here = try view(in: "../work")
    for place in places { #expect(try view(in: place) == here, "\(place)") }
  }

  func requireQuiet(in place: String = "../work") throws {
    let before = try terminal.output("cd \(place); git for-each-ref; git -C ../hub.git for-each-ref")
    #expect(try terminal.output("cd \(place); git session fetch") == "origin has nothing new.\n")
    #expect(
      try terminal.output("cd \(place); git session push") == "origin has all sessions of this clone.\n")
    let after = try terminal.output("cd \(place); git for-each-ref; git -C ../hub.git for-each-ref")
    #expect(before == after)
  }
}
