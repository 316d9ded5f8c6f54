import Git
import Sessions
import TestSupport
import Testing

@testable import Storage

/// Sessions whose tips have left their own references for an archive.
@Suite struct ArchiveSuite {
  /// A laboratory with some ended sessions of two writers, and what they looked like before.
  private struct Ended {
    let lab: Laboratory
    let sessions: [SessionID]

    init(_ format: ObjectFormat = .sha1, count: UInt8 = 3) throws {
      lab = try Laboratory(format: format)
      sessions = (2...count + 1).map { Laboratory.session($0) }
      for (position, session) in sessions.enumerated() {
        let first = try lab.begin("a", objective: "old \(position)", key: position + 1, in: session).commit
        try lab.append([.note("of b")], as: "b", after: first.id, in: session)
        try lab.append([.lifecycleChanged(.complete)], as: "a", in: session)
      }
    }

    func archive(_ sessions: [SessionID], as writer: Character = "a") throws {
      var writer = try ArchiveWriter(
        lab.repository, signature: lab.signature, writer: Laboratory.writer(writer))
      try writer.archive(try sessions.map(lab.history), batch: try lab.batch())
    }

    func references(_ prefix: String) throws -> [String] {
      try lab.git("for-each-ref", "--format=%(refname)", prefix).split(separator: "\n").map(String.init)
    }
  }

  @Test(arguments: ObjectFormat.allCases) func nothingOfASessionChanges(format: ObjectFormat) throws {
    let ended = try Ended(format)
    let lab = ended.lab
    let before = try ended.sessions.map { try lab.history(in: $0) }
    let listed = try SessionIndex.summaries(of: lab.repository)
    try ended.archive(Array(ended.sessions.prefix(2)))
    try ended.archive(Array(ended.sessions.suffix(1)))
    #expect(try ended.references("refs/sessions/").isEmpty)
    #expect(try ended.references("refs/sessions-archive/") == ["refs/sessions-archive/11111111"])
    for command in [["pack-refs", "--all"], ["gc", "--quiet", "--prune=now"]] { try lab.scratch.git(command) }

    let repository = try lab.scratch.open()
    for (session, before) in zip(ended.sessions, before) {
      let after = try SessionHistory(session, tips: try repository.tips(of: session), from: repository)
      #expect(after.commits == before.commits)
      #expect(after.state == before.state)
      #expect(Set(after.tips) == Set(before.tips))
      #expect(after.isSound)
    }
    #expect(try SessionIndex.summaries(of: repository) == listed)
    try SessionIndex.remove(from: repository)
    #expect(try SessionIndex.summaries(of: repository) == listed)
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
    // git finds one parent at the commit that the reference names, and the tips below it.
    let parents = try lab.git("rev-list", "--parents", "-1", "refs/sessions-archive/11111111")
    #expect(parents.split(separator: " ").count == 2)
    // The second archive stands on the first one, and holds all.
    let count = [
      "rev-list", "--count", "--first-parent", "--grep=^session: archive", "refs/sessions-archive/11111111",
    ]
    #expect(try lab.scratch.git(count) == "4\n")
    #expect(
      try lab.git("ls-tree", "-r", "--name-only", "refs/sessions-archive/11111111")
        .split(separator: "\n").count == 6)
  }

  @Test func whatGoesOnGetsAReferenceAgain() throws {
    let ended = try Ended(count: 1)
    let (lab, session) = (ended.lab, ended.sessions[0])
    try ended.archive([session])
    let archived = try lab.history(in: session)
    let reopened = try lab.append([.lifecycleChanged(.reopen)], as: "a", in: session)
    #expect(reopened.commit.writer == Laboratory.writer("a"))
    #expect(reopened.commit.previous == archived.last(of: Laboratory.writer("a"))?.id)
    #expect(try ended.references("refs/sessions/").count == 1)
    let again = try lab.append([.note("more")], as: "a", in: session)
    #expect(again.history.notes == ["more", "of b"])
    #expect(try lab.history(in: session).notes == ["more", "of b"])
    #expect(try lab.history(in: session).chains.count == 2)
    // Ended again, its newer tip takes the place of the old one.
    try lab.append([.lifecycleChanged(.abandon)], as: "a", in: session)
    let last = try lab.history(in: session)
    try ended.archive([session])
    let after = try lab.history(in: session)
    #expect(after.commits == last.commits)
    #expect(after.tips.count == 2)
    #expect(try ended.references("refs/sessions/").isEmpty)
  }

  /// The archive is written, and then the power fails.
  @Test func bothPlacesMeanTheSame() throws {
    let ended = try Ended(count: 2)
    let lab = ended.lab
    let references = try ended.references("refs/sessions/").map { ($0, try lab.git("rev-parse", $0)) }
    let before = try ended.sessions.map { try lab.history(in: $0) }
    try ended.archive(ended.sessions)
    for (name, value) in references { try lab.scratch.git("update-ref", name, value) }
    for (session, before) in zip(ended.sessions, before) {
      let both = try lab.history(in: session)
      #expect(both.commits == before.commits)
      #expect(both.tips.count == 2)
    }
    let commit = try lab.git("rev-parse", "refs/sessions-archive/11111111")
    try ended.archive(ended.sessions)
    #expect(try ended.references("refs/sessions/").isEmpty)
    #expect(try lab.git("rev-parse", "refs/sessions-archive/11111111") == commit, "it holds all already")
  }

  @Test func aReferenceThatMovesMeanwhileStays() throws {
    let ended = try Ended(count: 1)
    let (lab, session) = (ended.lab, ended.sessions[0])
    let before = try lab.history(in: session)
    let later = try lab.append([.lifecycleChanged(.reopen)], as: "b", in: session)
    var writer = try ArchiveWriter(lab.repository, signature: lab.signature, writer: Laboratory.writer("a"))
    #expect(throws: GitError.self) { try writer.archive([before], batch: try lab.batch()) }
    #expect(try ended.references("refs/sessions/").count == 2)
    #expect(try lab.history(in: session).commits == later.history.commits)
  }

  /// Of two processes of one work tree, the slower one has read less of a session than the other one has archived.
  @Test func nobodyTakesBackWhatAnotherHasArchived() throws {
    let ended = try Ended(count: 1)
    let (lab, session) = (ended.lab, ended.sessions[0])
    var slow = try ArchiveWriter(lab.repository, signature: lab.signature, writer: Laboratory.writer("a"))
    let before = try lab.history(in: session)
    try lab.append([.lifecycleChanged(.reopen)], as: "a", in: session)
    try lab.append([.lifecycleChanged(.abandon)], as: "a", in: session)
    try ended.archive([session])
    let after = try lab.history(in: session)
    let error = #expect(throws: GitError.self) { try slow.archive([before], batch: try lab.batch()) }
    #expect(error?.kind == .moved)
    #expect(try lab.history(in: session).commits == after.commits)
  }

  @Test func whatCannotBeReadIsNotReplaced() throws {
    let ended = try Ended(count: 1)
    let (lab, session) = (ended.lab, ended.sessions[0])
    let lost = String(repeating: "3", count: 40)
    let root = try lab.scratch.git(
      ["mktree", "--missing"], input: "040000 tree \(lost)\t\(session.description.prefix(4))\n")
    let commit = try lab.git("commit-tree", "-m", "x", String(root.dropLast()))
    try lab.scratch.git("update-ref", "refs/sessions-archive/11111111", commit)
    #expect(throws: GitError.self) { try ended.archive([session]) }
    #expect(try lab.git("rev-parse", "refs/sessions-archive/11111111") == commit)
    #expect(try ended.references("refs/sessions/").count == 2)
  }

  @Test func archivesAreCompared() throws {
    let ended = try Ended(count: 3)
    let repository = ended.lab.repository
    try ended.archive(Array(ended.sessions.prefix(2)), as: "a")
    try ended.archive(Array(ended.sessions.suffix(1)), as: "b")
    let archives = try repository.archives()
    func sessions(_ tips: [Tip]) -> Set<SessionID> { Set(tips.map(\.reference.session)) }
    let (first, second) = ([archives[0]], [archives[1]])
    #expect(try sessions(first.tips(notIn: second, in: repository)) == Set(ended.sessions.prefix(2)))
    #expect(try sessions(second.tips(notIn: first, in: repository)) == Set(ended.sessions.suffix(1)))
    #expect(try archives.tips(notIn: archives, in: repository).isEmpty)
    #expect(try archives.tips(in: repository).count == 6)
    #expect(try sessions(archives.tips(of: [ended.sessions[1]], in: repository)) == [ended.sessions[1]])
    #expect(try archives.allSatisfy { try $0.flaw(since: nil, in: repository) == nil })
  }

  @Test func anArchiveKeepsWhatItLists() throws {
    let ended = try Ended(count: 3)
    let (lab, repository) = (ended.lab, ended.lab.repository)
    func archive(at commit: ObjectID) throws -> SessionArchive {
      try SessionArchive(of: Laboratory.writer("a"), at: commit, in: repository)
    }
    try ended.archive([ended.sessions[0]])
    let first = try repository.archives()[0]
    try ended.archive(Array(ended.sessions.dropFirst()))
    let second = try repository.archives()[0]
    #expect(try second.flaw(since: nil, in: repository) == nil)
    #expect(try second.flaw(since: first, in: repository) == nil)
    // Going back is no flaw.
    #expect(try first.flaw(since: second, in: repository) == nil)
    // The same tree upon what does not keep all of it, whatever was known before.
    let tree = try lab.git("rev-parse", "\(second.commit)^{tree}")
    for parents in [[], ["-p", first.commit.hex]] {
      let line = try lab.scratch.git(["commit-tree", "-m", "x", tree] + parents)
      let forged = try archive(at: try #require(ObjectID(line.dropLast())))
      for known in [nil, first, second] {
        #expect(try forged.flaw(since: known, in: repository)?.reason.contains("does not keep") ?? false)
      }
    }
  }

  @Test func severalArchivesAreOneAndATombstoneCounts() throws {
    let ended = try Ended(count: 2)
    let lab = ended.lab
    try ended.archive([ended.sessions[0]], as: "a")
    try lab.append([.deleted], as: "a", in: ended.sessions[1])
    try ended.archive([ended.sessions[1]], as: "b")
    #expect(try SessionIndex.summaries(of: lab.repository).map(\.id) == [ended.sessions[0]])
    #expect(try lab.repository.history(of: ended.sessions[1]) == nil)
    #expect(try lab.repository.archives().map(\.writer) == [Laboratory.writer("a"), Laboratory.writer("b")])
  }

  /// Anybody may push anything.
  @Test func whatIsNoArchiveCountsForNothing() throws {
    let ended = try Ended(count: 1)
    let (lab, session) = (ended.lab, ended.sessions[0])
    let before = try lab.history(in: session)
    try lab.scratch.commit("of the user")
    let user = try lab.git("rev-parse", "HEAD")
    func tree(_ lines: String) throws -> String {
      let made = try lab.scratch.git(["mktree", "--missing"], input: lines)
      return String(made.dropLast())
    }
    let folder = try tree(
      "160000 commit \(user)\t\(session)-22222222\n160000 commit \(String(repeating: "1", count: 40))\t\(session)-33333333\n"
        + "160000 commit \(user)\tnonsense\n100644 blob \(String(repeating: "2", count: 40))\t\(session)-44444444\n"
    )
    let root = try tree(
      "040000 tree \(folder)\t\(session.description.prefix(4))\n160000 commit \(user)\tx\n"
        + "040000 tree \(String(repeating: "3", count: 40))\tzzzz\n")
    let forged = try lab.git("commit-tree", "-m", "x", root)
    try lab.scratch.git("update-ref", "refs/sessions-archive/99999999", forged)
    let blob = try lab.git("hash-object", "-w", "../home/.gitconfig")
    try lab.scratch.git("update-ref", "refs/sessions-archive/88888888", blob)
    try lab.scratch.git("update-ref", "refs/sessions-archive/odd/name", user)

    let after = try lab.history(in: session)
    #expect(after.commits == before.commits)
    #expect(after.state == before.state)
    #expect(after.foreign.count == 2)
    #expect(try SessionIndex.summaries(of: lab.repository).map(\.id) == [session])
    #expect(try lab.repository.archives().map { $0.foreign.count } == [1, 1])
    // And nobody builds on it.
    #expect(throws: GitError.self) { try ended.archive([session], as: "i") }
    #expect(try lab.append([.note("x")], as: "a", in: session).history.notes == ["of b", "x"])
  }
}
