import Foundation
import TestSupport
import Testing

/// `share/doc/formats.md` suffices to read sessions: `Programs/read-sessions`, which does what it says and
/// shares no code with the program, finds what `show` finds.
@Suite(.enabled(if: Server.hasPython, "python3 is not here")) struct ReaderSuite {
  @Test func everyKindOfEventIsRead() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      set -e; project; git session init; git session start 'Retry deliveries' --budget 200k --quiet
      id() { git session "$1" "$2" --json | sed -n 's/.*"id" : "\\([0-9]*\\)".*/\\1/p'; }
      git session note 'ä note'
      question=$(id question 'Which?'); git session question --resolve $question --because 'This'
      blocker=$(id blocker 'Waits'); git session blocker --resolve $blocker
      git session decision 'Retry' --because 'it helps'; git session next 'Go on'; git session next --clear
      git session pause; git session continue; git session complete; git session reopen; git session abandon
      """)
    try terminal.output(
      """
      set -e; git session start Other --quiet; echo KEY=1 >.env; echo 1 >one; git add one; git commit --quiet -m 'One'
      git commit --quiet --amend -m 'Uno'; git checkout --quiet -b topic; git mv one two; git commit --quiet -m Two
      git checkout --quiet main; git cherry-pick topic >/dev/null; git worktree add --quiet ../linked
      (cd ../linked; git session continue 2; echo 3 >three; git session checkpoint -m "$(printf 'Three\n\nSession-Id: none')")
      git session note 'Afterwards'; echo 4 >four; git session checkpoint; git session resume --head c5; git session undo
      """)
    #expect(try terminal.output("git session show").contains("\nHeads: "))
    try terminal.expectReadAlike()
  }

  @Test func whatDoesNotCountIsPassedOver() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git session start 'Retry deliveries' --quiet; echo one >one; git session checkpoint --quiet
      set -e; ref=$(git for-each-ref --format='%(refname)' refs/sessions); git update-ref ${ref%/*}/zzzzzzzz HEAD
      forge() { git cat-file commit $ref | sed "$2" | git hash-object -t commit -w --stdin; }
      git update-ref ${ref%/*}/yyyyyyyy $(forge 1 's/^Session-Clock: .*/Session-Clock: 5000000/')
      git update-ref ${ref%/*}/xxxxxxxx $(forge 2 's/^Session-Previous: .*/Session-Previous: 1111111111111111111111111111111111111111/')
      git update-ref ${ref%/*}/wwwwwwww $(forge 3 's/^Session-Writer: .*/Session-Writer: wwwwwwww/')
      git update-ref refs/sessions/nonsense/deep/er HEAD; git symbolic-ref ${ref%/*}/ssssssss refs/heads/nowhere
      git update-ref ${ref%/*}/vvvvvvvv $(git rev-parse HEAD:README.md)
      """)
    try terminal.output("git session start Gone --switch --quiet; git session delete --yes SESSION-002")
    try terminal.expectReadAlike()
  }
}

extension Terminal {
  /// Compares what the other reader says of all sessions here with what `show` says.
  func expectReadAlike() throws {
    let read = try JSONSerialization.jsonObject(with: Data(output("read-sessions").utf8)) as? [[String: Any]]
    let found = try #require(read)
    #expect(!found.isEmpty)
    for session in found {
      let id = try #require(session["id"] as? String)
      let shown = try reduced(output("git session show \(id) --json"))
      #expect(NSDictionary(dictionary: session) == NSDictionary(dictionary: shown), "\(session)\n\(shown)")
    }
    #expect(try output("git session list").split(separator: "\n").count == found.count)
  }

  /// What `show --json` says, without what the program makes up for its users.
  private func reduced(_ json: String) throws -> [String: Any] {
    let envelope = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    var shown = try #require(envelope?["data"] as? [String: Any])
    let heading = try #require(shown.removeValue(forKey: "session") as? [String: Any])
    for name in ["id", "name", "objective"] { shown[name] = heading[name] }
    func names(_ key: String, _ member: String) -> [Any] {
      (shown[key] as? [[String: Any]] ?? []).compactMap { $0[member] }
    }
    shown["heads"] = names("heads", "name")
    shown["foreign"] = names("foreign", "commit")
    shown["items"] = (shown["items"] as? [[String: Any]] ?? []).map { $0.filter { $0.key != "id" } }
    shown["withoutEffect"] = (shown["withoutEffect"] as? [String] ?? []).map {
      String($0.prefix { $0 != ":" })
    }
    return shown
  }
}
