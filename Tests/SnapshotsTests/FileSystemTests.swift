import Foundation
import Git
import Snapshots
import TestSupport
import Testing

/// Work trees and git dirs on file systems of their own, and full ones.
@Suite struct FileSystems {
  /// A folder in memory, gone with the value.
  final class Memory {
    let path = "/dev/shm/git-session-test-" + UUID().uuidString
    let isLimited: Bool

    init(size: String? = nil) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      guard let size else {
        isLimited = false
        return
      }
      let options = ["-t", "tmpfs", "-o", "size=" + size, "none", path]
      isLimited =
        try Program.run("mount", options, environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]).status == 0
    }

    deinit {
      if isLimited { _ = try? Program.run("umount", [path], environment: ["PATH": "/usr/bin:/bin"]) }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
  func aWorkTreeOnAnotherFileSystemThanItsGitDir() throws {
    let memory = try Memory()
    let lab = try Lab()
    try lab.scratch.commit("base")
    let place = memory.path + "/linked"
    try lab.scratch.git("worktree", "add", "--quiet", "--detach", place)
    let names = [
      "file": FileTree.Entry.file("one\n"), "dir/run": .file("one\n", executable: true),
      "link": .link("nowhere"),
    ]
    for (name, entry) in names { FileTree.put(entry, at: RepositoryPath(name.utf8), below: place) }
    let target = try lab.save(at: place)
    for name in names.keys { FileTree.put(.file("two\n"), at: RepositoryPath(name.utf8), below: place) }
    FileTree.put(.file("two\n"), at: RepositoryPath("new".utf8), below: place)
    _ = try lab.restore(target.target, from: place)
    #expect(FileTree(of: place) == target.files)
  }

  @Test(.enabled(if: geteuid() == 0, "only the superuser can mount")) func aFullDisk() throws {
    let memory = try Memory(size: "2m")
    guard memory.isLimited else { return }
    let place = memory.path + "/work"
    let lab = try Lab()
    try lab.scratch.git("init", "--quiet", place)
    let big = String(repeating: "big\n", count: 100_000)
    FileTree.put(.file(big), at: RepositoryPath("big".utf8), below: place)
    let target = try lab.save(at: place)
    FileTree.put(.file("small\n"), at: RepositoryPath("big".utf8), below: place)
    FileTree.put(.file("x\n"), at: RepositoryPath("other".utf8), below: place)
    _ = try lab.save(at: place)
    try lab.scratch.run(
      "sh",
      [
        "-c",
        "echo fill > \"$1/.git/info/exclude\"; dd if=/dev/zero of=\"$1/fill\" bs=4k 2>/dev/null; truncate -s -200k \"$1/fill\"",
        "sh", place,
      ])
    let before = FileTree(of: place)

    let error = #expect(throws: GitError.self) { try lab.restore(target.target, from: place) }
    #expect(error?.kind == .fullDisk, "\(String(describing: error))")
    #expect(FileTree(of: place) == before)

    try lab.scratch.run("sh", ["-c", "dd if=/dev/zero bs=1k of=\"$1/fill2\" 2>/dev/null; true", "sh", place])
    FileTree.put(.file(""), at: RepositoryPath("empty".utf8), below: place)
    let full = #expect(throws: GitError.self) { try lab.save(at: place) }
    #expect(full?.kind == .fullDisk, "\(String(describing: full))")
    try lab.scratch.run("rm", [place + "/fill", place + "/fill2"])
    #expect(try lab.save(at: place).snapshot.leftOut.isEmpty)
    try lab.scratch.git(["fsck", "--strict", "--no-dangling"], in: place)
  }
}
