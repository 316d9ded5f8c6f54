import Files
import Git
package import Sessions

extension ResumeSession {
  /// What did not travel.
  package struct Absent: Encodable, Sendable {
    /// What the checkpoint itself names as left out.
    package let leftOut: [LeftOut]
    package let largeFiles: [LargeFile]
    package let submodules: [Submodule]
    /// The operation of which only HEAD and the files are here.
    package let operation: OperationInProgress.Kind?

    /// A file of which only the pointer is in the work tree.
    package struct LargeFile: Encodable, Sendable {
      package let path: String
      /// True if Git LFS has the content in this clone, and only need put it there.
      package let isStored: Bool
    }

    /// A submodule that does not stand at the commit that was saved.
    package struct Submodule: Encodable, Sendable {
      package let path: String
      package let commit: String
      /// Whether that commit is in this clone of the submodule.
      package let isHere: Bool
    }

    init(leftOut: [LeftOut], operation: OperationInProgress.Kind?, in workspace: Workspace) throws {
      self.leftOut = leftOut
      self.operation = operation
      largeFiles = try workspace.largeFilePointers()
      submodules = try workspace.repository.submodulesElsewhere()
    }
  }
}

extension Workspace {
  /// The files in the work tree that hold a pointer instead of the content that Git LFS would put there.
  fileprivate func largeFilePointers() throws -> [ResumeSession.Absent.LargeFile] {
    let fields = try repository.run(
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ":(attr:filter=lfs)"]
    ).fields
    return try Set(fields.map { RepositoryPath($0) }).sorted().compactMap { path in
      guard let object = try largeObject(of: path) else { return nil }
      let file = "\(largeFileStore)/\(object.prefix(2))/\(object.dropFirst(2).prefix(2))/\(object)"
      return .init(path: path.description, isStored: try Files.status(file)?.kind == .file)
    }
  }

  /// Where Git LFS keeps its objects (`lfs.storage` in its manual git-lfs-config).
  private var largeFileStore: String {
    let storage = configuration.string("lfs.storage") ?? "lfs"
    return (storage.hasPrefix("/") ? storage : repository.commonDirectory + "/" + storage) + "/objects"
  }

  /// The object that a pointer names, empty if it names none; nil if the file is no pointer.
  ///
  /// The form of a pointer: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  private func largeObject(of path: RepositoryPath) throws -> String? {
    let file = Array("\(repository.workTree ?? "")/".utf8) + path.bytes
    guard let status = try Files.status(file), status.kind == .file, status.size < 1024 else { return nil }
    let text = String(decoding: try OpenFile(file).readToEnd(), as: UTF8.self)
    guard text.hasPrefix("version https://git-lfs.github.com/spec/v1\n") else { return nil }
    let prefix = "oid sha256:"
    let line = text.split(separator: "\n").first { $0.hasPrefix(prefix) }
    guard let object = line?.dropFirst(prefix.count), object.count == 64, object.allSatisfy(\.isHexDigit)
    else { return "" }
    return String(object)
  }
}

extension Repository {
  /// The submodules whose commit is not the one in the index.
  fileprivate func submodulesElsewhere() throws -> [ResumeSession.Absent.Submodule] {
    let fields = try run(["ls-files", "-z", "--stage"]).fields.filter { $0.starts(with: "160000 ".utf8) }
    return try fields.compactMap { field in
      let parts = field.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
      let words = String(decoding: parts[0], as: UTF8.self).split(separator: " ")
      guard parts.count == 2, words.count == 3 else { return nil }
      let path = RepositoryPath(parts[1])
      let folder = (workTree ?? "") + "/" + String(decoding: path.bytes, as: UTF8.self)
      // Without a repository of its own git would answer for the one around it.
      guard try Files.status(folder + "/.git") != nil else {
        return .init(path: path.description, commit: String(words[1]), isHere: false)
      }
      let head = try git.run(["rev-parse", "--verify", "--quiet", "HEAD"], in: folder).text
      guard head != words[1] else { return nil }
      let found = try git.run(["cat-file", "-e", "\(words[1])^{commit}"], in: folder)
      return .init(path: path.description, commit: String(words[1]), isHere: found.status == 0)
    }
  }
}
