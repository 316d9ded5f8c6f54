import Git
import Sessions

extension ObjectBatch {
  /// The size of the difference between two trees, which may be in the batch. Nothing is counted of what is too large:
  /// nobody must be kept from saving by that.
  func changeCount(from old: ObjectID, to new: ObjectID) throws(GitError) -> ChangeCount {
    do throws(GitError) {
      return try differences(from: old, to: new).reduce(into: ChangeCount()) { count, difference in
        count.files += 1
        count.insertions += difference.lines?.insertions ?? 0
        count.deletions += difference.lines?.deletions ?? 0
      }
    } catch {
      guard error.kind == .tooLarge else { throw error }
      return ChangeCount()
    }
  }

  /// The files in which two trees differ, sorted by path.
  func fileChanges(from old: ObjectID, to new: ObjectID) throws(GitError) -> [FileChange] {
    try differences(from: old, to: new).map(FileChange.init)
  }
}

extension Repository {
  /// The files in which two trees differ, sorted by path: those that `pathspecs` name, all if there are none.
  func fileChanges(
    from old: ObjectID, to new: ObjectID, pathspecs: [String] = [], environment: [String: String] = [:]
  ) throws(GitError) -> [FileChange] {
    guard old != new else { return [] }
    func compare(_ options: String...) throws(GitError) -> [FileChange] {
      let arguments = ["diff-tree", "-r", "-z", "--no-renames", "--no-abbrev"] + options
      let output = try run(
        arguments + [old.hex, new.hex, "--"] + pathspecs, environment: environment,
        fromCurrentDirectory: true)
      return FileChange.parse(output.fields)
    }
    do {
      return try compare("--raw", "--numstat")
    } catch {
      // Where the repository has lost a file, its lines cannot be counted; nobody must be kept from saving by that.
      guard error.kind == .missing else { throw error }
      return try compare("--raw")
    }
  }

  /// Commits that `to` reaches and `from` does not, oldest first, at most the newest thousand.
  func commits(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [Commit] {
    let range = old.map { ["^\($0)"] } ?? []
    let ids = try run(["rev-list", "--reverse", "--max-count=1000", new.hex] + range + ["--"]).text
    return try ids.split(separator: "\n").compactMap { ObjectID($0) }.map { (id) throws(GitError) in
      try commit(id)
    }
  }
}

/// A file in which two states differ.
package struct FileChange: Hashable, Codable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case added, modified, deleted
    case typeChanged = "type-changed"
  }

  package let path: String
  package let kind: Kind
  /// Lines; nil for a binary file, and where lines could not be counted.
  package let insertions: Int?
  package let deletions: Int?

  init(_ difference: TreeDifference) {
    path = difference.path.description
    kind =
      switch (difference.old, difference.new) {
      case (nil, _): .added
      case (_, nil): .deleted
      case (let old?, let new?): old.kind == new.kind ? .modified : .typeChanged
      }
    (insertions, deletions) = (difference.lines?.insertions, difference.lines?.deletions)
  }

  private init(path: String, kind: Kind, insertions: Int?, deletions: Int?) {
    (self.path, self.kind, self.insertions, self.deletions) = (path, kind, insertions, deletions)
  }

  /// Reads `git diff-tree --raw --numstat -z`: pairs of raw facts and path, then, if asked for,
  /// `added\tdeleted\tpath`.
  static func parse(_ fields: [ArraySlice<UInt8>]) -> [FileChange] {
    var kinds: [(path: RepositoryPath, kind: Kind)] = []
    var position = 0
    while position + 1 < fields.count, fields[position].first == UInt8(ascii: ":") {
      let letter = fields[position].last.map { Character(Unicode.Scalar($0)) }
      let kind: Kind =
        letter == "A" ? .added : letter == "D" ? .deleted : letter == "T" ? .typeChanged : .modified
      kinds.append((RepositoryPath(fields[position + 1]), kind))
      position += 2
    }
    var lines: [RepositoryPath: (insertions: Int?, deletions: Int?)] = [:]
    for field in fields[position...] {
      let columns = field.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
      guard columns.count == 3 else { continue }
      func number(_ column: ArraySlice<UInt8>) -> Int? { Int(String(decoding: column, as: UTF8.self)) }
      lines[RepositoryPath(columns[2])] = (number(columns[0]), number(columns[1]))
    }
    return kinds.map { path, kind in
      FileChange(
        path: path.description, kind: kind, insertions: lines[path]?.insertions,
        deletions: lines[path]?.deletions)
    }
  }
}

extension TreeEntry {
  /// The part of the mode that tells files, links and submodules apart.
  fileprivate var kind: Substring { mode.prefix(3) }
}
