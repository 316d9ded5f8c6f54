import Git
import TestSupport
import Testing

@Suite struct References {
  /// Those of sessions are moved by ourselves, branches by libgit2 or git.
  struct Case: Sendable, CustomTestStringConvertible {
    let format: ObjectFormat
    let name: String

    var testDescription: String { "\(name), \(format)" }

    static let all = ObjectFormat.allCases.flatMap { format in
      ["refs/sessions/a/b", "refs/heads/topic"].map { Case(format: format, name: $0) }
    }
  }

  private struct Fixture {
    let scratch: ScratchRepository?
    let repository: Repository
    let first: ObjectID
    let second: ObjectID
    let name: String

    init(_ place: Case = Case(format: .sha1, name: "refs/sessions/a/b")) throws {
      let scratch = try ScratchRepository(format: place.format)
      self.scratch = scratch
      name = place.name
      repository = try scratch.open()
      let batch = try ObjectBatch(repository)
      let ada = Signature(name: "Ada", email: "ada@example.test", seconds: 1)
      let tree = try batch.writeTree([])
      first = try batch.writeCommit(tree: tree, parents: [], by: ada, message: "1")
      second = try batch.writeCommit(tree: tree, parents: [], by: ada, message: "2")
      try batch.publish()
    }
  }

  @Test(arguments: Case.all) func moveOnlyFromTheValueThatWasRead(place: Case) throws {
    let fixture = try Fixture(place)
    let (repository, name) = (fixture.repository, fixture.name)
    try repository.move(name, from: nil, to: fixture.first, log: "")
    #expect(throws: (any Error).self) { try repository.move(name, from: nil, to: fixture.second, log: "") }
    let error = #expect(throws: GitError.self) {
      try repository.move(name, from: fixture.second, to: fixture.first, log: "")
    }
    #expect(error?.kind == .moved)
    #expect(try repository.reference(name) == fixture.first)
    try repository.move(name, from: fixture.first, to: fixture.second, log: "")
    #expect(try repository.reference(name) == fixture.second)
  }

  @Test(arguments: Case.all) func existingOrGoneMeanwhileIsMoved(place: Case) throws {
    let fixture = try Fixture(place)
    let (repository, name) = (fixture.repository, fixture.name)
    let gone = #expect(throws: GitError.self) {
      try repository.move(name, from: fixture.first, to: fixture.second, log: "")
    }
    #expect(gone?.kind == .moved)
    try repository.move(name, from: nil, to: fixture.first, log: "")
    let existing = #expect(throws: GitError.self) {
      try repository.move(name, from: nil, to: fixture.second, log: "")
    }
    #expect(existing?.kind == .moved)
    let deleted = #expect(throws: GitError.self) {
      try repository.delete("refs/sessions/none", expecting: fixture.first)
    }
    #expect(deleted?.kind == .moved)
  }

  @Test(arguments: Case.all) func deleteOnlyTheValueThatWasRead(place: Case) throws {
    let fixture = try Fixture(place)
    let (repository, name) = (fixture.repository, fixture.name)
    try repository.move(name, from: nil, to: fixture.first, log: "")
    let error = #expect(throws: GitError.self) { try repository.delete(name, expecting: fixture.second) }
    #expect(error?.kind == .moved)
    try fixture.scratch?.git("pack-refs", "--all")
    try repository.delete(name, expecting: fixture.first)
    #expect(try repository.reference(name) == nil)
  }

  /// A lock is waited for, and never removed.
  @Test(arguments: Case.all) func aLockThatStaysIsReported(place: Case) throws {
    let fixture = try Fixture(place)
    let (repository, name) = (fixture.repository, fixture.name)
    try repository.move(name, from: nil, to: fixture.first, log: "")
    fixture.scratch?.put(".git/\(name).lock", .file(""))
    let clock = ContinuousClock()
    for action in [0, 1] {
      let duration = clock.measure {
        let error = #expect(throws: GitError.self) {
          if action == 0 {
            try repository.move(name, from: fixture.first, to: fixture.second, log: "")
          } else {
            try repository.delete(name, expecting: fixture.first)
          }
        }
        #expect(error?.kind == .locked)
      }
      #expect(duration >= .milliseconds(400))
    }
    #expect(fixture.scratch?.read(".git/\(name).lock") == "")
    #expect(try repository.reference(name) == fixture.first)
  }

  @Test(arguments: Case.all) func aLockThatGoesIsWaitedFor(place: Case) throws {
    let fixture = try Fixture(place)
    let (repository, name) = (fixture.repository, fixture.name)
    try repository.move(name, from: nil, to: fixture.first, log: "")
    fixture.scratch?.put(".git/\(name).lock", .file(""))
    let lock = try #require(fixture.scratch?.path) + "/.git/\(name).lock"
    try fixture.scratch?.run("sh", ["-c", "(sleep 0.1; rm \"$1\") &", "sh", lock])
    try repository.move(name, from: fixture.first, to: fixture.second, log: "")
    #expect(try repository.reference(name) == fixture.second)
  }

  @Test(arguments: ObjectFormat.allCases) func areListedByPrefixAndInOrder(format: ObjectFormat) throws {
    let fixture = try Fixture(Case(format: format, name: ""))
    let names = ["refs/sessions/b/x", "refs/sessions/a/y", "refs/sessions/a/x", "refs/sessions-archive/z"]
    for name in names { try fixture.repository.move(name, from: nil, to: fixture.first, log: "") }
    try fixture.scratch?.git("pack-refs", "--all")
    #expect(
      try fixture.repository.references(under: "refs/sessions/").map(\.name)
        == ["refs/sessions/a/x", "refs/sessions/a/y", "refs/sessions/b/x"])
  }

  @Test(arguments: ObjectFormat.allCases) func headIsUnbornOnABranchOrDetached(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    #expect(try scratch.open().head() == Head(branch: "refs/heads/main", commit: nil))
    try scratch.commit("base")
    let commit = ObjectID(String(try scratch.git("rev-parse", "HEAD").dropLast()))
    #expect(try scratch.open().head() == Head(branch: "refs/heads/main", commit: commit))
    try scratch.git("checkout", "--quiet", "--detach")
    #expect(try scratch.open().head() == Head(branch: nil, commit: commit))
  }

  @Test func aRemoteDeletesOnlyWhatStillHasThatValue() throws {
    let fixture = try Fixture()
    let (repository, scratch) = (fixture.repository, try #require(fixture.scratch))
    try scratch.git("init", "--quiet", "--bare", scratch.root + "/hub.git")
    try scratch.git("remote", "add", "hub", scratch.root + "/hub.git")
    let names = ["refs/sessions/a/b", "refs/sessions/a/c"]
    func references(_ values: ObjectID...) -> [Reference] {
      zip(names, values).map { Reference(name: $0, target: $1) }
    }
    _ = try repository.push(references(fixture.first, fixture.first), to: "hub")
    let outcomes = try repository.delete(references(fixture.first, fixture.second), at: "hub")
    #expect(outcomes[names[0]] == .sent)
    #expect(outcomes[names[1]] == .rejected("[rejected] (stale info)"))
    #expect(try repository.references(of: "hub", matching: ["refs/sessions/*"]).map(\.name) == [names[1]])
    // One that is no more stands in the way of no other.
    let later = try repository.delete(references(fixture.first, fixture.first), at: "hub")
    #expect(later[names[0]] == .rejected("[rejected] (stale info)"))
    #expect(later[names[1]] == .sent)
    #expect(try repository.references(of: "hub", matching: ["refs/sessions/*"]).isEmpty)
  }
}
