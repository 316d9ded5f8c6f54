import Foundation
import Testing

/// Every document under `Golden` says what really happens. `UPDATE_GOLDEN=1` writes them anew, `GOLDEN=push,fetch`
/// runs only those.
@Suite struct GoldenTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static let names: [String] = {
    let found = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    let wanted = ProcessInfo.processInfo.environment["GOLDEN"]?.split(separator: ",").map { "\($0).txt" }
    return (found ?? []).filter { $0.hasSuffix(".txt") && wanted?.contains($0) != false }.sorted()
  }()

  @Test(arguments: names) func holds(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let actual = try Transcript(parsing: expected).run(in: Terminal())
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data(actual.utf8).write(to: file)
      return
    }
    // The lines that differ alone: a document is long, and what prints failures may cut them.
    if actual != expected { Issue.record("\(name): \(Self.difference(from: expected, to: actual))") }
  }

  /// The lines that differ, in order.
  private static func difference(from old: String, to new: String) -> String {
    let lines = [old, new].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    let changes = lines[1].difference(from: lines[0]).map { change in
      switch change {
      case .remove(let offset, let line, _): (offset, 0, "\(offset + 1) -\(line)")
      case .insert(let offset, let line, _): (offset, 1, "\(offset + 1) +\(line)")
      }
    }
    return "\n" + changes.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2).joined(separator: "\n")
  }
}
