package import Git

/// One path in which two trees differ.
package struct TreeChange: Hashable, Sendable {
  package let path: RepositoryPath
  /// `000000` if the path is not on that side.
  package let oldMode: String
  package let newMode: String
  package let oldID: String
  package let newID: String

  static let submoduleMode = "160000"
  static let absentMode = "000000"

  package var isRemoval: Bool { newMode == Self.absentMode }
  package var isAddition: Bool { oldMode == Self.absentMode }
  var isSubmodule: Bool { oldMode == Self.submoduleMode || newMode == Self.submoduleMode }

  /// Reads the fields of `git diff-tree --raw -z --no-renames --no-abbrev`: `:mode mode id id status`, path, …
  static func parse(_ fields: [ArraySlice<UInt8>]) -> [TreeChange] {
    stride(from: 0, to: fields.count - 1, by: 2).compactMap { position in
      let words = String(decoding: fields[position].dropFirst(), as: UTF8.self).split(separator: " ").map(
        String.init)
      guard words.count == 5 else { return nil }
      return TreeChange(
        path: RepositoryPath(fields[position + 1]), oldMode: words[0], newMode: words[1], oldID: words[2],
        newID: words[3])
    }
  }
}

extension Repository {
  /// How two trees differ, path by path, within `pathspecs` as the user typed them where they stand.
  package func changes(
    from old: ObjectID, to new: ObjectID, pathspecs: [String] = [], environment: [String: String] = [:]
  ) throws(GitError) -> [TreeChange] {
    let output = try run(
      ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old.hex, new.hex, "--"] + pathspecs,
      environment: environment, fromCurrentDirectory: true)
    return TreeChange.parse(output.fields)
  }
}
