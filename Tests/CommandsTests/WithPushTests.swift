import Foundation
import TestSupport
import Testing

/// `session.push = with-push`: git's hook queues, and a process of its own sends.
@Suite struct WithPushTests {
  private let terminal: Terminal

  init() throws {
    terminal = try RemoteTests.terminal()
    try terminal.output(
      "git remote add origin ../hub.git; git config session.push with-push; git session init --quiet")
    try terminal.output("git session start 'Follow the push' --quiet; echo 1 >one; git add one")
  }

  private func commit(_ name: String) throws {
    try terminal.output("echo \(name) >>one; git commit -qam '\(name)'")
  }

  /// The chains that a remote has.
  private func sent(_ remote: String = "hub.git") throws -> String {
    try terminal.output("git -C ../\(remote) for-each-ref refs/sessions")
  }

  static func eventually(_ isDone: () throws -> Bool) throws -> Bool {
    for _ in 0..<150 {
      if try isDone() { return true }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return false
  }

  private func queue() throws -> String {
    try terminal.run("cat .git/sessions/queue.json").output
  }

  @Test func sessionsFollowAPush() throws {
    try commit("one")
    #expect(try terminal.run("git push --quiet origin main").errors == "")
    #expect(try Self.eventually { try sent().contains("refs/sessions/") })
    #expect(try Self.eventually { try queue().isEmpty })
    // What has only been noted goes with a push that has nothing else to send; what has ended too.
    try terminal.output("git session complete --quiet; git push --quiet origin main")
    let local = try terminal.output("git for-each-ref refs/sessions")
    #expect(try Self.eventually { try sent() == local })
    try terminal.output("git session doctor")
  }

  @Test func aPushThatDoesNotArriveTakesNothingAlong() throws {
    try commit("one")
    try terminal.output("printf 'exit 1\\n' >>.git/hooks/pre-push")
    #expect(try terminal.run("git push --quiet origin main").status == 1)
    #expect(try queue().contains("refs/heads/main"))
    try terminal.output("sleep 1.5")
    #expect(try sent() == "")
    // Once it has had its time it is forgotten.
    let later = "GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z"
    try terminal.output("cp -r . ../copy; \(later) git-session -C ../copy detached send")
    #expect(try terminal.run("cat ../copy/.git/sessions/queue.json").output == "")
    #expect(try sent() == "")
    // The next push is another one.
    try terminal.output("sed -i '/^exit 1$/d' .git/hooks/pre-push; git push --quiet origin main")
    #expect(try Self.eventually { try sent().contains("refs/sessions/") })
  }

  @Test func withoutThatSettingOrAnswerNothingIsQueued() throws {
    try commit("one")
    for value in ["ask", "manual", "never"] {
      try terminal.output("git config session.push \(value); git push --quiet origin main:\(value)")
      #expect(try queue() == "")
    }
    // A file of the repository has no say in it, and an address is no remote.
    try terminal.output(
      "git config --unset session.push; printf '[session]\\n\\tpush = with-push\\n' >.gitconfig; git config include.path ../.gitconfig"
    )
    try terminal.output("git push --quiet origin main:included; git config session.push with-push")
    try terminal.output("git push --quiet ../hub.git main:address; git push --quiet origin :address")
    #expect(try queue() == "")
    #expect(try sent() == "")
  }

  @Test func whatCannotBeSentWaitsAndIsNamed() throws {
    try commit("one")
    try terminal.output(
      "printf '#!/bin/sh\\ncase $1 in refs/sessions/*) exit 1;; esac\\n' >../hub.git/hooks/update; chmod +x ../hub.git/hooks/update"
    )
    try terminal.output("git push --quiet origin main")
    #expect(try Self.eventually { try queue().contains("failure") })
    let line = "Not sent to origin yet: [remote rejected] (hook declined)"
    #expect(try terminal.output("git session status").contains(line))
    #expect(try terminal.run("git session doctor").output.contains("could not be sent to 'origin'"))
    try terminal.output("rm ../hub.git/hooks/update; git session push --quiet")
    #expect(try queue() == "")
    try terminal.output("git session doctor")
  }

  /// Scripts of the user behind our lines read what git says, no more and no less.
  @Test func theUsersOwnHookReadsTheSame() throws {
    try terminal.output("git session init --remove --quiet")
    try terminal.output("printf '#!/bin/sh\\ncat >>../seen; echo . >>../seen\\n' >.git/hooks/pre-push")
    try terminal.output("chmod +x .git/hooks/pre-push")
    try commit("one")
    let push =
      "git push --quiet origin main:new; git push --quiet origin main:new; git push --quiet origin :new; cat ../seen; rm ../seen"
    let before = try terminal.output(push)
    #expect(before.contains("\n.\n.\n(delete) "))
    try terminal.output("git session init --quiet")
    #expect(try terminal.output(push) == before)
  }

  /// Neither a pipe that the caller waits for nor a terminal is kept.
  @Test func nobodyWaitsForTheProcess() throws {
    try commit("one")
    try terminal.output("printf 'exit 1\\n' >>.git/hooks/pre-push")
    let start = Date()
    try terminal.output("exec 7>&1; git push --quiet origin main 2>&1 | cat; :")
    #expect(Date().timeIntervalSince(start) < 5)
    let group = try terminal.output(
      "for id in $(pgrep -f \"$ROOT/work detached send\"); do ps -o sid=,pgid=,tty= -p $id; readlink /proc/$id/cwd; ls /proc/$id/fd; done; ps -o sid= -p $$"
    )
    #expect(group.contains(" ?"), "\(group)")
    #expect(group.contains("\n/\n"), "\(group)")
  }
}
