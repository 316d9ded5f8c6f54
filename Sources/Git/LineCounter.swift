import Clibgit2
import Files

/// Counts lines as `git diff --numstat` does.
struct LineCounter: Sendable {
  let batch: ObjectBatch
  /// A file of that size or more, in bytes, is binary.
  let limit: Int

  /// Nil for what is binary or missing.
  func count(
    _ difference: TreeDifference, _ treatment: Repository.DiffTreatment
  ) throws(GitError) -> LineCount? {
    if treatment == .binary { return nil }
    let (old, new) = (difference.old, difference.new)
    do throws(GitError) {
      let (before, after) = (try content(old), try content(new))
      guard let before, let after else { return nil }
      if treatment == .byContent, before.isBinary || after.isBinary { return nil }
      if old?.id == new?.id { return LineCount(insertions: 0, deletions: 0) }
      return try Self.count(before, after)
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  /// Nil if it is so large that git takes it for binary.
  private func content(_ entry: TreeEntry?) throws(GitError) -> [UInt8]? {
    guard let entry else { return [] }
    if entry.mode == "160000" { return Array("Subproject commit \(entry.id)\n".utf8) }
    do throws(GitError) {
      return try batch.object(entry.id, .blob, limit: limit)
    } catch {
      guard error.kind == .tooLarge || error.kind == .invalid else { throw error }
      return nil
    }
  }

  private static func count(_ old: [UInt8], _ new: [UInt8]) throws(GitError) -> LineCount {
    if let count = old.lend({ old in new.lend { new in countOfOnePlace(old, new) } }) { return count }
    return try compare(old, new) { (patch) throws(GitError) in
      var (insertions, deletions) = (0, 0)
      try check(git_patch_line_stats(nil, &insertions, &deletions, patch), "compare two files")
      return LineCount(insertions: insertions, deletions: deletions)
    }
  }

  /// The headers of the hunks that `git diff -U0` makes of a file that no driver is configured for. None of one that
  /// is binary, missing, or no file.
  func hunkHeaders(_ difference: TreeDifference) throws(GitError) -> [[UInt8]] {
    guard let old = difference.old, let new = difference.new, old.mode.hasPrefix("100"),
      new.mode.hasPrefix("100"), difference.lines != nil, let before = try content(old),
      let after = try content(new)
    else { return [] }
    return try Self.compare(before, after) { (patch) throws(GitError) in
      var headers: [[UInt8]] = []
      for index in 0..<git_patch_num_hunks(patch) {
        var hunk: UnsafePointer<git_diff_hunk>?
        try check(git_patch_get_hunk(&hunk, nil, patch, index), "compare two files")
        guard let hunk else { continue }
        headers.append(withUnsafeBytes(of: hunk.pointee.header) { Array($0.prefix(hunk.pointee.header_len)) })
      }
      return headers
    }
  }

  private static func compare<Result>(
    _ old: [UInt8], _ new: [UInt8], _ body: (OpaquePointer) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    let same = commonEnd(old, new)
    var options = git_diff_options()
    git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
    options.flags = GIT_DIFF_FORCE_TEXT.rawValue | GIT_DIFF_INDENT_HEURISTIC.rawValue
    options.context_lines = 0
    return try old.dropLast(same).lend { (old) throws(GitError) in
      try new.dropLast(same).lend { (new) throws(GitError) in
        let patch = try Handle("compare two files", release: git_patch_free) {
          git_patch_from_buffers(
            &$0, old.baseAddress, old.count, nil, new.baseAddress, new.count, nil, &options)
        }
        return try body(patch.pointer)
      }
    }
  }

  /// The count where all that changed lies in one place, at which both sides have no line in common: what most edits
  /// are. There is only one way to count then. Nil if it takes a comparison of all lines.
  private static func countOfOnePlace(
    _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer
  ) -> LineCount? {
    let newline = UInt8(ascii: "\n")
    let shorter = min(old.count, new.count)
    var start = 0
    while start < shorter, old[start] == new[start] { start += 1 }
    start = old[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
    var end = 0
    while end < shorter - start, old[old.count - end - 1] == new[new.count - end - 1] { end += 1 }
    func middle(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[start..<(bytes.count - end)])
    }
    func endsLine(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.last.map { $0 == newline } ?? true }
    if !endsLine(middle(old)) || !endsLine(middle(new)) {
      // What is alike begins within a line, which is not.
      end = old.suffix(end).firstIndex(of: newline).map { old.count - $0 - 1 } ?? 0
    }
    let count = LineCount(insertions: middle(new).lineCount, deletions: middle(old).lineCount)
    if count.insertions == 0 || count.deletions == 0 { return count }
    // With more it takes longer to see that no two are alike than to compare them all.
    guard count.insertions * count.deletions <= 256 else { return nil }
    let added = middle(new).lines
    return middle(old).lines.contains { line in added.contains { $0.elementsEqual(line) } } ? nil : count
  }

  /// How much both end with alike, in whole blocks and up to the end of a line, as git cuts it off before it
  /// compares: where there are several ways to count, this decides.
  private static func commonEnd(_ old: [UInt8], _ new: [UInt8]) -> Int {
    let block = 1024
    var trimmed = 0
    while trimmed + block <= min(old.count, new.count),
      old.dropLast(trimmed).suffix(block) == new.dropLast(trimmed).suffix(block)
    {
      trimmed += block
    }
    let line = old.suffix(trimmed).firstIndex(of: UInt8(ascii: "\n"))
    return line.map { old.count - $0 - 1 } ?? 0
  }
}

extension [UInt8] {
  fileprivate var isBinary: Bool { prefix(8000).contains(0) }
}

extension UnsafeRawBufferPointer {
  fileprivate var lineCount: Int {
    reduce(last == UInt8(ascii: "\n") || isEmpty ? 0 : 1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }

  /// Each with its end.
  fileprivate var lines: [Slice<UnsafeRawBufferPointer>] {
    var lines: [Slice<UnsafeRawBufferPointer>] = []
    var rest = self[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
      lines.append(rest[..<end])
      rest = rest[end..<rest.endIndex]
    }
    return lines
  }
}

extension Repository {
  /// How `git diff` looks at a file.
  enum DiffTreatment: Sendable { case byContent, text, binary }

  /// Whether there are attribute files beside those in trees.
  var hasOuterAttributes: Bool {
    get throws(GitError) {
      if try setting("core.attributesfile") != nil { return true }
      let environment = git.environment
      let own =
        environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (environment["HOME"] ?? "")
        + "/.config"
      return [commonDirectory + "/info/attributes", own + "/git/attributes", "/etc/gitattributes"].contains {
        Files.isReadable($0)
      }
    }
  }

  /// Nothing of what has none.
  func diffAttributes(of paths: [RepositoryPath]) throws(GitError) -> [RepositoryPath: DiffAttribute] {
    guard workTree != nil, !paths.isEmpty else { return [:] }
    return Dictionary(zip(paths, try backend.diffAttributes(of: paths, in: self))) { first, _ in first }
  }

  func diffTreatments(of paths: [RepositoryPath]) throws(GitError) -> [RepositoryPath: DiffTreatment] {
    var treatments: [RepositoryPath: DiffTreatment] = [:]
    for (path, attribute) in try diffAttributes(of: paths) { treatments[path] = try treatment(attribute) }
    return treatments
  }

  private func treatment(_ attribute: DiffAttribute) throws(GitError) -> DiffTreatment {
    switch attribute {
    case .unspecified: return .byContent
    case .set: return .text
    case .unset: return .binary
    case .driver(let name):
      let isBinary = try setting("diff.\(name).binary").flatMap(Configuration.boolean)
      return isBinary.map { $0 ? .binary : .text } ?? .byContent
    }
  }

  /// A file of that size or more is binary to git (`core.bigFileThreshold`).
  package var bigFileThreshold: Int {
    get throws(GitError) {
      try setting("core.bigfilethreshold").flatMap(Configuration.number) ?? 512 << 20
    }
  }
}
