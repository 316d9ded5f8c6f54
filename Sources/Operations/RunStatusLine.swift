import Agents
import Files
import Sessions

/// The way in for status lines: reads what the agent says, runs the status line that the user had before, and makes
/// ours. Bounded in time, and never a failure.
package struct RunStatusLine {
  private let readsInput: Bool
  /// The user's own, a command line that reads what we read.
  private let then: String?

  /// How long the user's own is waited for: it may have to start a program that takes its time.
  private static let patience = 4500
  /// How long anything may take.
  private static let milliseconds: UInt32 = 5000
  private static let inputLimit = 1 << 20

  /// A prompt `readsInput` not.
  package init(readsInput: Bool, then: String?) {
    self.readsInput = readsInput
    self.then = then
  }

  /// All lines to be shown, each with its end; `render` makes ours.
  package func run(in world: World, render: (ReadStatusLine.Report) -> String) -> String {
    Deadline(milliseconds: Self.milliseconds) {}.start()
    let bytes = readsInput ? (try? world.readInput(Self.inputLimit)) ?? [] : []
    let input = (try? JSONValue(forgiving: bytes)).flatMap { StatusLineInput($0) }
    let line = report(input, world).map(render) ?? ""
    let own = line.isEmpty ? "" : line + "\n"
    guard let then else { return own }
    let text = String(decoding: world.runFilter(then, world.environment, bytes, Self.patience), as: UTF8.self)
    return text + (text.isEmpty || text.hasSuffix("\n") || own.isEmpty ? "" : "\n") + own
  }

  /// Nil where there is nothing to tell.
  private func report(_ input: StatusLineInput?, _ world: World) -> ReadStatusLine.Report? {
    guard !readsInput || input != nil else { return nil }
    let reading = ReadStatusLine(input)
    let place = input.map { try? world.entering($0.folder) } ?? world
    if let place, let workspace = try? Workspace(place.withoutProgress),
      let report = try? reading.run(in: workspace)
    {
      return report
    }
    return input.map { _ in reading.run(in: world) }
  }
}
