import Foundation
import Git
import TestSupport
import Testing

/// Git as a program that is fed and read.
@Suite struct RunningGit {
  /// More than any pipe holds, both ways at once.
  @Test func muchInputAndMuchOutputAtOnce() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99) + [UInt8(ascii: "\n")]
    let input = [UInt8]([[UInt8]](repeating: line, count: 20_000).joined())
    let output = try repository.run(["stripspace"], input: input)
    #expect(output.standardOutput == input)
  }

  @Test func aProgramThatDoesNotReadIsNoError() throws {
    let scratch = try ScratchRepository()
    let input = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<20 {
      #expect(try scratch.open().run(["rev-parse", "--git-dir"], input: input).status == 0)
    }
  }

  /// Pipes of one thread must not end up in the programs of another.
  @Test func manyThreadsAtOnce() async throws {
    let scratch = try ScratchRepository()
    let (path, environment) = (scratch.path, scratch.environment)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask {
          let repository = try Repository(
            discoveringFrom: path, git: GitExecutable(environment: environment))
          let input = [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: 200_000)
          for _ in 0..<10 {
            let output = try repository.run(["hash-object", "--stdin"], input: input)
            #expect(output.text == (try repository.name(of: input, as: .blob).hex))
          }
          return number
        }
      }
      for try await _ in group {}
    }
  }

  @Test func statusAndComplaintOfAFailure() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let error = #expect(throws: GitError.self) { try repository.run(["rev-parse", "--verify", "nonsense"]) }
    #expect(error?.kind == .command(status: 128))
    #expect(error?.description == "git rev-parse: Needed a single revision")
    #expect(try repository.run(["rev-parse", "--verify", "nonsense"], accepting: [128]).status == 128)
  }

  @Test func gitIsFoundWhereTheEnvironmentSays() throws {
    let scratch = try ScratchRepository()
    scratch.put("../bin/git", .file("#!/bin/sh\necho \"found $*\" >&2\nexit 7\n", executable: true))
    let git = GitExecutable(environment: ["PATH": "/nowhere:\(scratch.root)/bin:/usr/bin:/bin"])
    let output = try git.run(["status"], in: scratch.path)
    #expect(output.status == 7)
    #expect(output.complaint.hasPrefix("found -C "))
    let none = GitExecutable(path: "no-such-git", environment: ["PATH": "/nowhere"])
    #expect(throws: GitError.self) { try none.run(["status"], in: scratch.path) }
  }

  @Test func anEndByASignal() throws {
    let scratch = try ScratchRepository()
    scratch.put("../bin/git", .file("#!/bin/sh\nkill -9 $$\n", executable: true))
    let git = GitExecutable(path: scratch.root + "/bin/git", environment: scratch.environment)
    #expect(try git.run([], in: scratch.path).status == 137)
  }

  @Test func whatTiesGitToAnotherRepositoryIsDropped() throws {
    let scratch = try ScratchRepository()
    scratch.put("file", .file("x\n"))
    let names = [
      "GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_AUTHOR_DATE",
      "GIT_COMMON_DIR",
      "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_NAMESPACE",
    ]
    for name in names { scratch.setEnvironment(name, "/nowhere") }
    let repository = try scratch.open()
    #expect(repository.workTree == scratch.path)
    let id = try repository.run(["hash-object", "-w", "file"]).text
    #expect(try repository.contains(#require(ObjectID(id))))
    #expect(try repository.run(["var", "GIT_COMMITTER_IDENT"]).text.hasPrefix("Ada <ada@example.test> "))
  }

  @Test func hooksDoNotRun() throws {
    let scratch = try ScratchRepository()
    try scratch.commit("base")
    let hook = FileTree.Entry.file("#!/bin/sh\ntouch '\(scratch.root)/ran'\n", executable: true)
    for name in ["reference-transaction", "post-index-change"] { scratch.put(".git/hooks/\(name)", hook) }
    try scratch.open().run(["update-ref", "refs/heads/other", "HEAD"])
    try scratch.open().run(["read-tree", "HEAD"])
    #expect(scratch.read("../ran") == nil)
  }
}
