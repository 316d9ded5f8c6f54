import Files
import Git
import Sessions

/// An index file of our own, on which git works as it would on the user's, which is never touched.
struct PrivateIndex {
  let repository: Repository
  let batch: ObjectBatch
  let path: String

  /// An empty one.
  init(_ repository: Repository, batch: ObjectBatch, name: String) {
    self.repository = repository
    self.batch = batch
    path = batch.temporaryFile(name)
  }

  /// A copy of the user's index, or an empty one if there is none yet.
  static func copyOfUserIndex(
    _ repository: Repository, batch: ObjectBatch, name: String
  ) throws(GitError) -> PrivateIndex {
    let index = PrivateIndex(repository, batch: batch, name: name)
    try withFiles { () throws(FileError) in
      if try Files.status(repository.userIndex) != nil {
        try Files.copy(repository.userIndex, to: index.path, isLasting: false)
      }
    }
    return index
  }

  /// One that holds a tree, in the place of the user's, which cannot be read.
  static func holding(
    _ tree: ObjectID, _ repository: Repository, batch: ObjectBatch, name: String
  ) throws(GitError) -> PrivateIndex {
    let index = PrivateIndex(repository, batch: batch, name: name)
    try index.run(["read-tree", tree.hex])
    return index
  }

  /// Whether the user's index is not as git wrote it, or git cannot make anything of it.
  static func isUserIndexBroken(_ repository: Repository, batch: ObjectBatch) throws(GitError) -> Bool {
    let bytes = try withFiles { () throws(FileError) in try Files.readIfPresent(repository.userIndex) }
    if let bytes, !isWhole(bytes, repository.objectFormat) { return true }
    let copy = try copyOfUserIndex(repository, batch: batch, name: "probe")
    return try copy.run(["ls-files", "--stage", "-z"], accepting: [0, 128]).status != 0
  }

  /// By the checksum at its end, which is zero where the user wants none (`index.skipHash`).
  private static func isWhole(_ bytes: [UInt8], _ format: ObjectFormat) -> Bool {
    guard bytes.count > format.byteCount, let written = ObjectID(bytes: bytes.suffix(format.byteCount)) else {
      return false
    }
    return written == format.none
      || bytes.dropLast(format.byteCount).withUnsafeBytes { format.checksum(of: $0) == written }
  }

  @discardableResult
  func run(
    _ arguments: [String], input: [UInt8] = [], accepting: Set<Int32> = [0],
    fromCurrentDirectory: Bool = false
  ) throws(GitError) -> GitExecutable.Output {
    do {
      return try repository.run(
        ["-c", "core.safecrlf=false"] + arguments, input: input,
        environment: batch.environment.merging(["GIT_INDEX_FILE": path]) { $1 }, accepting: accepting,
        fromCurrentDirectory: fromCurrentDirectory)
    } catch {
      // What git finds wrong with a copy is wrong with the user's index.
      throw GitError(error.kind, error.description.replacing(path, with: repository.userIndex))
    }
  }

  func writeTree() throws(GitError) -> ObjectID {
    let output = try run(["write-tree", "--missing-ok"])
    guard let tree = ObjectID(output.text) else {
      throw GitError(.other, "git write-tree wrote '\(output.text)'")
    }
    return tree
  }

  /// The entries within `pathspecs` as the user typed them where they stand, or all.
  func entries(_ pathspecs: [String] = []) throws(GitError) -> [IndexEntry] {
    // Without a pathspec, git lists only what is below the folder in which it runs.
    let pathspecs = pathspecs.isEmpty ? [":/"] : pathspecs
    return try run(
      ["ls-files", "--stage", "-z", "--full-name", "--"] + pathspecs, fromCurrentDirectory: true
    )
    .fields.compactMap(IndexEntry.init(stageField:))
  }

  /// Sets and removes entries; a mode of 0 removes.
  func update(_ entries: [IndexEntry]) throws(GitError) {
    guard !entries.isEmpty else { return }
    let lines = entries.flatMap { $0.indexInfo(in: repository.objectFormat) }
    try run(["update-index", "-z", "--index-info"], input: lines)
  }

  /// Asks git how the files that the index names differ from it.
  static let differences = ["diff-files", "--raw", "-z", "--no-abbrev", "--ignore-submodules=none"]

  /// The submodules that still differ after their commits were recorded: by changes of their own.
  func dirtySubmodules() throws(GitError) -> [LeftOut] {
    TreeChange.parse(try run(Self.differences, accepting: [0, 128]).fields)
      .filter { $0.newMode == TreeChange.submoduleMode }
      .map { LeftOut(path: $0.path.description, reason: .dirtySubmodule) }
  }

  /// Adds files to the index, and returns those that git cannot take.
  func add(_ paths: [RepositoryPath]) throws(GitError) -> [LeftOut] {
    guard let complaint = try refusal(of: paths) else { return [] }
    // No file is to blame if git cannot write an index at all.
    try run(["update-index", "--force-write-index"])
    return try findUnreadable(paths, complaint)
  }

  /// Halves of a list that git has refused find out which file it was.
  private func findUnreadable(_ paths: [RepositoryPath], _ complaint: String) throws(GitError) -> [LeftOut] {
    guard paths.count > 1 else {
      return [
        LeftOut(path: paths[0].description, reason: .unreadable, filter: Self.failedFilter(complaint))
      ]
    }
    var unreadable: [LeftOut] = []
    for half in [paths[..<(paths.count / 2)], paths[(paths.count / 2)...]].map(Array.init) {
      guard let complaint = try refusal(of: half) else { continue }
      unreadable += try findUnreadable(half, complaint)
    }
    return unreadable
  }

  /// The filter that git (convert.c) names in `<path>: clean filter '<name>' failed`.
  private static func failedFilter(_ complaint: String) -> String? {
    let (start, end) = (": clean filter '", "' failed")
    guard complaint.hasSuffix(end), let range = complaint.ranges(of: start).last else { return nil }
    return String(complaint[range.upperBound...].dropLast(end.count))
  }

  /// Git's complaint; nil if it has added them.
  private func refusal(of paths: [RepositoryPath]) throws(GitError) -> String? {
    guard !paths.isEmpty else { return nil }
    let output = try run(
      ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"],
      input: paths.flatMap { $0.bytes + [0] }, accepting: [0, 128])
    if output.isFullDisk { throw GitError(.fullDisk, output.complaint) }
    return output.status == 0 ? nil : output.complaint
  }
}

/// One entry of an index, as `git update-index --index-info` takes it.
struct IndexEntry: Hashable {
  var mode: String
  var id: ObjectID
  var stage: Int
  var path: RepositoryPath

  static func removal(of path: RepositoryPath) -> IndexEntry {
    IndexEntry(mode: "0", id: .none, stage: 0, path: path)
  }

  func indexInfo(in format: ObjectFormat) -> [UInt8] {
    Array("\(mode) \(id == .none ? format.none : id) \(stage)\t".utf8) + path.bytes + [0]
  }

  /// Reads `<mode> <id> <stage>\t<path>`, a field of `git ls-files --stage -z`.
  init?(stageField field: ArraySlice<UInt8>) {
    guard let tab = field.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
    let words = String(decoding: field[..<tab], as: UTF8.self).split(separator: " ")
    guard words.count == 3, let id = ObjectID(words[1]), let stage = Int(words[2]) else { return nil }
    self.init(mode: String(words[0]), id: id, stage: stage, path: RepositoryPath(field[(tab + 1)...]))
  }

  /// Reads `<mode> <type> <id>\t<path>`, a field of `git ls-tree -r -z`.
  init?(treeField field: ArraySlice<UInt8>) {
    guard let tab = field.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
    let words = String(decoding: field[..<tab], as: UTF8.self).split(separator: " ")
    guard words.count == 3, let id = ObjectID(words[2]) else { return nil }
    self.init(mode: String(words[0]), id: id, stage: 0, path: RepositoryPath(field[(tab + 1)...]))
  }

  init(mode: String, id: ObjectID, stage: Int, path: RepositoryPath) {
    self.mode = mode
    self.id = id
    self.stage = stage
    self.path = path
  }
}

extension Repository {
  /// The git dirs that lie in the work tree under a name of their own: git hides none but `.git`.
  var foldersInWorkTree: [RepositoryPath] {
    let top = Array(((workTree ?? "") + "/").utf8)
    return Set([gitDirectory, commonDirectory]).map { Array($0.utf8) }.filter { $0.starts(with: top) }
      .map { RepositoryPath($0.dropFirst(top.count)) }
  }

  var userIndex: String { gitDirectory + "/index" }
}

extension Repository {
  /// The unmerged stages below folders named for them; nil if there are none.
  func conflictTree(of unmerged: [IndexEntry], batch: ObjectBatch) throws(GitError) -> ObjectID? {
    guard !unmerged.isEmpty else { return nil }
    let stages = PrivateIndex(self, batch: batch, name: "conflict")
    try stages.update(
      unmerged.map { entry in
        IndexEntry(
          mode: entry.mode, id: entry.id, stage: 0,
          path: RepositoryPath(Array("\(entry.stage)/".utf8) + entry.path.bytes))
      })
    return try stages.writeTree()
  }
}
