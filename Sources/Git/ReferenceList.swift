package import Files

/// References that stand in a file of ours instead of among git's own: there thousands of them cost git nothing, and
/// none of them keeps an object.
///
/// The lines are those of the file `packed-refs`. A file that cannot be understood is as good as none, so only what
/// may be lost belongs there.
package struct ReferenceList {
  private let path: String

  package init(_ path: String) { self.path = path }

  /// Those whose names start with `prefix`.
  package func references(under prefix: String = "") throws(FileError) -> [Reference] {
    guard let packed = try PackedReferences(at: path) else { return [] }
    do {
      return try packed.list(under: prefix)
    } catch {
      return []
    }
  }

  /// Replaces the file as a whole; no name may stand twice in `references`.
  package func write(_ references: [Reference]) throws(FileError) {
    guard !references.isEmpty else { return try Files.remove(path) }
    let lines = references.map { (Array($0.name.utf8), "\($0.target) \($0.name)\n") }.sorted {
      $0.0.lexicographicallyPrecedes($1.0)
    }
    let text = "# pack-refs with: sorted \n" + lines.map(\.1).joined()
    try Files.writeAtomically(Array(text.utf8), to: path)
    Files.share(path)
  }
}
