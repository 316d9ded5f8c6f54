import Files
import Git
import Sessions

/// The transcript of an agent that writes none which could be read line by line while it runs: what its hooks tell, or
/// what its document holds, in a folder of ours that nobody else may read. Saves keep it as they keep those of others.
struct OwnTranscript {
  private let parent: String
  private let folder: String
  let path: String

  init(of run: String, _ repository: Repository) throws {
    parent = repository.worktreeState
    folder = parent + "/agent-lines"
    path = "\(folder)/\(try repository.name(ofRun: run, digits: 20)).jsonl"
  }

  /// In bytes; no conversation comes to that.
  static let limit = 64 << 20
  /// Milliseconds, after which a run is not taken up again.
  private static let age: Int64 = 30 * 24 * 3_600_000

  func append(_ lines: [JSONValue]) throws {
    try Files.makeDirectory(parent)
    try Files.makePrivateDirectory(folder)
    guard try Files.status(path).map({ $0.size < Self.limit }) ?? true else { return }
    try Files.append(lines.flatMap(\.line), to: path)
  }

  /// Appends those of `lines` that are not there yet: all that stand for a document which has grown.
  func follow(_ lines: [JSONValue]) throws {
    let known = try Files.readIfPresent(path) ?? []
    let seen = Set(known.split(separator: UInt8(ascii: "\n")))
    let added = lines.filter { !seen.contains($0.line.dropLast()) }
    if !added.isEmpty { try append(added) }
  }

  /// Lets go of those of runs that were long ago. What was in them is kept with their sessions.
  func removeOld(at now: Timestamp) throws {
    guard try Files.status(folder) != nil else { return }
    for name in try Files.list(folder) {
      guard let status = try Files.status(folder + "/" + name),
        now.milliseconds - status.modified / 1_000_000 > Self.age
      else { continue }
      try Files.remove(folder + "/" + name)
    }
  }
}
