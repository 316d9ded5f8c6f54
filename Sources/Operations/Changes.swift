import Git
import Sessions

extension Repository {
  /// The size of the difference between two trees.
  func changeCount(
    from old: ObjectID, to new: ObjectID, environment: [String: String] = [:]
  ) throws(GitError) -> ChangeCount {
    try fileChanges(from: old, to: new, environment: environment).reduce(into: ChangeCount()) {
      count, change in
      count.files += 1
      count.insertions += change.insertions ?? 0
      count.deletions += change.deletions ?? 0
    }
  }

  /// The files in which two trees differ, sorted by path.
  func fileChanges(
    from old: ObjectID, to new: ObjectID, pathspecs: [String] = [], environment: [String: String] = [:]
  ) throws(GitError) -> [FileChange] {
    guard old != new else { return [] }
    let output = try run(
      ["diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames", "--no-abbrev", old.hex, new.hex, "--"]
        + pathspecs,
      environment: environment, fromCurrentDirectory: true)
    return FileChange.parse(output.fields)
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
  /// Lines; nil for a binary file.
  package let insertions: Int?
  package let deletions: Int?

  /// Reads `git diff-tree --raw --numstat -z`: pairs of raw facts and path, then `added\tdeleted\tpath`.
  static func parse(_ fields: [ArraySlice<UInt8>]) -> [FileChange] {
    var kinds: [RepositoryPath: Kind] = [:]
    var position = 0
    while position + 1 < fields.count, fields[position].first == UInt8(ascii: ":") {
      let letter = fields[position].last.map { Character(Unicode.Scalar($0)) }
      let kind: Kind =
        letter == "A" ? .added : letter == "D" ? .deleted : letter == "T" ? .typeChanged : .modified
      kinds[RepositoryPath(fields[position + 1])] = kind
      position += 2
    }
    return fields[position...].compactMap { field in
      let columns = field.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
      guard columns.count == 3 else { return nil }
      let path = RepositoryPath(columns[2])
      func number(_ column: ArraySlice<UInt8>) -> Int? { Int(String(decoding: column, as: UTF8.self)) }
      return FileChange(
        path: path.description, kind: kinds[path] ?? .modified, insertions: number(columns[0]),
        deletions: number(columns[1]))
    }
  }
}
