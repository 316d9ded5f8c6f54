import Files
import Git

/// How git writes files out, as `.gitattributes` files say: with which line ends, encoding and filter.
struct AttributeRules {
  let repository: Repository
  let batch: ObjectBatch
  /// What the work tree holds now.
  let index: PrivateIndex

  static func isAttributeFile(_ path: RepositoryPath) -> Bool { path.name == Array(".gitattributes".utf8) }

  /// The `.gitattributes` files that there will be once the plan is carried out, as far as `paths` fall under them.
  func afterwards(_ plan: RestorePlan, above paths: [RepositoryPath]) throws(GitError) -> [IndexEntry] {
    let replaced = Set(plan.writes.map(\.path) + plan.removals.map(\.path))
    let kept = try index.entries([":(top,glob)**/.gitattributes"]).filter {
      $0.stage == 0 && $0.mode != TreeChange.submoduleMode && !replaced.contains($0.path)
    }
    let written = plan.writes.filter { Self.isAttributeFile($0.path) }
      .map { IndexEntry(mode: $0.mode, id: $0.id, stage: 0, path: $0.path) }
    return (kept + written).above(paths).sorted { $0.path < $1.path }
  }

  /// The entries whose files in the work tree are not what git would write under `attributes`. Looked at are
  /// those alone for which the attributes change.
  func looksDifferent(
    _ entries: [IndexEntry], under attributes: [IndexEntry]
  ) throws(GitError) -> [IndexEntry] {
    let staging = try Staging(repository, batch: batch)
    let stagingIndex = try staging.checkOut([], attributes: attributes)
    let files = entries.filter { $0.mode.hasPrefix("100") }
    let now = try values(of: files, in: index, options: [])
    let then = try values(of: files, in: stagingIndex, options: ["--work-tree=" + staging.folder])
    let candidates = zip(files, zip(now, then)).filter { $1.0 != $1.1 }.map(\.0)
    guard !candidates.isEmpty else { return [] }
    try staging.checkOut(candidates, attributes: attributes)
    let workTree = try repository.requireWorkTree()
    var different: [IndexEntry] = []
    for entry in candidates {
      let isSame = try withFiles { () throws(FileError) -> Bool in
        try Directory.withParent(of: entry.path, below: workTree) { (parent, name) throws(FileError) in
          try parent.file(name, equals: staging.file(entry.path))
        }
      }
      if !isSame { different.append(entry) }
    }
    return different
  }

  /// For each entry, the values of the attributes that change what is written.
  private func values(
    of entries: [IndexEntry], in index: PrivateIndex, options: [String]
  ) throws(GitError) -> [[ArraySlice<UInt8>]] {
    let names = ["text", "eol", "crlf", "ident", "filter", "working-tree-encoding"]
    let fields = try index.run(
      options + ["check-attr", "-z", "--stdin"] + names, input: entries.flatMap { $0.path.bytes + [0] }
    ).fields
    // Path, attribute, value; for each path as many times as there are attributes.
    let values = stride(from: 2, to: fields.count, by: 3).map { fields[$0] }
    return stride(from: 0, to: values.count, by: names.count).map {
      Array(values[$0..<min($0 + names.count, values.count)])
    }
  }
}
