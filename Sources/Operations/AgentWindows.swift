import Files
import Git
import Sessions

/// How much the models of agents take, as the agents themselves have said in this work tree: no table knows it better.
/// Whoever loses it loses nothing else.
struct AgentWindows {
  private let folder: String

  init(_ repository: Repository) { folder = repository.worktreeState }

  private var file: String { folder + "/agent-windows.json" }

  /// So many runs are remembered.
  private static let limit = 50

  /// What was said in this run, or else of its model; in tokens.
  func size(of run: String?, model: String?, agent: String) -> Int? {
    let entries = read().filter { $0["agent"]?.string == agent }
    let own = entries.last { $0["run"]?.string == run }
    // One model may be had with windows of several sizes; then the names differ in what agents tell here.
    let like = entries.last { model != nil && $0["model"]?.string == model }
    return (own ?? like)?["size"]?.integer.flatMap { (1...Tokens.limit).contains($0) ? $0 : nil }
  }

  /// Notes what an agent has said, unless it is known.
  func learn(_ size: Int, run: String, model: String?, agent: String) throws {
    let entry = JSONValue.object([
      "agent": .string(agent), "run": .string(run), "model": model.map(JSONValue.string) ?? .null,
      "size": .integer(Int64(size)),
    ])
    var entries = read()
    guard !entries.contains(entry), try Files.status(folder) != nil else { return }
    entries.removeAll { $0["agent"]?.string == agent && $0["run"]?.string == run }
    entries.append(entry)
    try Files.writeAtomically(
      JSONValue.array(Array(entries.suffix(Self.limit))).canonical, to: file, isLasting: false)
  }

  private func read() -> [JSONValue] {
    guard let bytes = try? Files.read(file, limit: 1 << 20) else { return [] }
    return (try? JSONValue(parsing: bytes))?.array ?? []
  }
}
