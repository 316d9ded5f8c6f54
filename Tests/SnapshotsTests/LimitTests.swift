import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// What a snapshot leaves out although git would take it.
@Suite struct Limits {
  @Test func largeUntrackedFilesStayOutAndTrackedOnesDoNot() throws {
    let lab = try Lab()
    lab.limits.maxUntrackedSize = 10
    lab.scratch.put("tracked", .file("123456789012"))
    try lab.scratch.git("add", "tracked")
    lab.scratch.put("tracked", .file("1234567890123"))
    lab.scratch.put("limit", .file("1234567890"))
    lab.scratch.put("large", .file("12345678901"))
    let saved = try lab.save()
    #expect(saved.snapshot.leftOut == [LeftOut(path: "large", reason: .tooLarge, size: 11)])
    #expect(Set(saved.tree.keys.map(\.description)) == ["tracked", "limit"])
  }

  @Test(arguments: [
    ".env", ".env.local", "deep/.env", "server.pem", "a/b/c.key", "id_ed25519", "deep/.aws/credentials",
    ".ssh/config", "my\nown.secret", "own/only/here",
  ])
  func secretsStayOut(name: String) throws {
    let lab = try Lab()
    lab.limits.neverSave = ["*.secret", "own/*/here"]
    lab.scratch.put(name, .file("secret\n"))
    let saved = try lab.save()
    #expect(saved.reasons() == [RepositoryPath(name.utf8).description: .neverSave])
    try lab.scratch.git("add", "--all")
    #expect(try lab.save().tree.count == 1)
  }

  @Test(arguments: [
    "environment", "a.keys", "id_rsa.pub", "deep/own/only/elsewhere", "pem", "credentials.jsonl",
  ])
  func ordinaryNamesDoNot(name: String) throws {
    let lab = try Lab()
    lab.limits.neverSave = ["own/*/here"]
    lab.scratch.put(name, .file("public\n"))
    #expect(try lab.save().snapshot.leftOut.isEmpty)
  }

  /// What the target left out may have been there all along; what it did not know goes.
  @Test func restoreKeepsWhatTheTargetLeftOut() throws {
    let lab = try Lab()
    lab.limits.maxUntrackedSize = 10
    lab.scratch.put("large", .file("12345678901"))
    lab.scratch.put("nested/.git/HEAD", .file("ref: refs/heads/main\n"))
    lab.scratch.put("nested/.git/objects/none", .file(""))
    lab.scratch.put("nested/.git/refs/none", .file(""))
    lab.scratch.put("nested/file", .file("nested\n"))
    let target = try lab.save()
    #expect(target.reasons() == ["large": .tooLarge, "nested/": .nestedRepository])
    try lab.scratch.remove("nested/.git")
    lab.scratch.put("other", .file("12345"))
    try lab.scratch.git("add", "--all")
    let outcome = try lab.restore(target)
    #expect(outcome.plan.kept.map(\.path.description) == ["large", "nested/file"])
    #expect(outcome.plan.kept.allSatisfy { $0.reason == .leftOut })
    #expect(lab.scratch.read("nested/file") == "nested\n")
    #expect(lab.scratch.read("large") == "12345678901")
    #expect(lab.scratch.read("other") == nil)
  }
}
