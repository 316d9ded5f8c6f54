import Files
import Git
import Sessions

/// Files whose content attributes may change: git itself stores them, with all filters that it knows.
struct ConvertedFiles {
  let repository: Repository
  let index: IndexFile
  let batch: ObjectBatch

  /// Enters what git has stored into the folders, and into the report.
  func store(_ files: [ScanReport.Converted], into report: inout ScanReport) throws(GitError) {
    guard !files.isEmpty else { return }
    // In git's order, whichever thread has come upon them first: a filter may do something to other files.
    let files = files.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    let own = PrivateIndex(repository, batch: batch, name: "converted")
    // Attribute files that are in the index alone hold too, and so does what is there of the files themselves.
    try own.update(files.compactMap(\.entry).map(entry) + attributeEntries())
    let paths = files.map { RepositoryPath($0.path) }
    let unreadable = try own.add(paths)
    report.leftOut += unreadable
    let left = Set(unreadable.map(\.path))
    let stored = Dictionary(try own.entries().map { ($0.path, $0) }) { first, _ in first }
    for (file, path) in zip(files, paths) where !left.contains(path.description) {
      guard let entry = stored[path], let mode = UInt32(entry.mode, radix: 8) else {
        if file.entry != nil { file.folder.found[file.name] = .nothing }
        continue
      }
      report.files[file.path] = .init(status: file.status, conversions: file.conversions, id: entry.id)
      if let known = file.entry.map({ index[$0] }), known.id == entry.id, known.mode == mode { continue }
      file.folder.found[file.name] = .file(mode: mode, id: entry.id)
    }
  }

  private func attributeEntries() -> [IndexEntry] {
    let name = ".gitattributes".utf8
    return (0..<index.count).filter { position in
      let path = index.path(position)
      return path.count >= name.count && path.suffix(name.count).elementsEqual(name)
        && (path.count == name.count || path[path.count - name.count - 1] == UInt8(ascii: "/"))
        && index[position].stage == 0
    }.map(entry)
  }

  private func entry(_ position: Int) -> IndexEntry { IndexEntry(index, position) }
}

extension IndexEntry {
  init(_ index: IndexFile, _ position: Int) {
    let entry = index[position]
    self.init(
      mode: String(entry.mode, radix: 8), id: entry.id, stage: entry.stage,
      path: RepositoryPath(index.path(position)))
  }
}

extension ScanReport.Converted {
  var path: [UInt8] { folder.path + name }
}

/// Submodules that are there: git knows which commit each stands at, and whether it holds more than that.
struct Submodules {
  let repository: Repository
  let batch: ObjectBatch

  func record(_ submodules: [ScanReport.Submodule], into report: inout ScanReport) throws(GitError) {
    guard !submodules.isEmpty else { return }
    let own = PrivateIndex(repository, batch: batch, name: "submodules")
    let paths = submodules.map { RepositoryPath($0.folder.path + $0.name) }
    try own.update(
      zip(submodules, paths).map { IndexEntry(mode: TreeChange.submoduleMode, id: $0.id, stage: 0, path: $1) }
    )
    report.leftOut += try own.add(paths)
    let now = Dictionary(try own.entries().map { ($0.path, $0.id) }) { first, _ in first }
    for (submodule, path) in zip(submodules, paths) {
      guard let id = now[path] else {
        submodule.folder.found[submodule.name] = .nothing
        continue
      }
      if id != submodule.id { submodule.folder.found[submodule.name] = .file(mode: 0o160000, id: id) }
    }
    report.leftOut += try own.dirtySubmodules()
  }
}
