import Files
import Git

/// The way in for git's hooks: quick where there is nothing to do, silent but for one line a day, bounded in time,
/// and never a failure.
package struct RunHook {
  private let arguments: [String]

  /// How long a hook may keep the user's git command waiting.
  private static let milliseconds: UInt32 = 5000

  /// The name of the hook, and what git gave to it.
  package init(_ arguments: [String]) { self.arguments = arguments }

  package func run(in world: World) {
    guard let hook = arguments.first.flatMap(Hook.init), !world.isBelowHook,
      let place = HookPlace(in: world), place.concerns(hook),
      !place.hasNothing(for: hook, Array(arguments.dropFirst()))
    else { return }
    let complain: @Sendable (String) -> Void = { cause in
      guard place.mayComplain(at: world.now()) else { return }
      world.errors.write("git-session: \(hook.rawValue): \(cause)\n")
    }
    Deadline(milliseconds: Self.milliseconds) {
      place.noteSlow(at: world.now())
      complain("stopped after 5 seconds; for a day commits are linked without a checkpoint here")
    }.start()
    do {
      let input = try hook.readsInput ? world.readInput(1 << 24) : []
      let workspace = try Workspace(
        world.belowHook { text in complain(String(text.hasSuffix("\n") ? text.dropLast() : text[...])) },
        isUnattended: true)
      let arguments = Array(arguments.dropFirst())
      if hook == .prePush {
        try QueueSessions(arguments: arguments, input: input).run(in: workspace)
      } else {
        try FollowCommits(
          hook, arguments: arguments, input: input, takesSnapshots: !place.isSlow(at: world.now())
        ).run(in: workspace)
      }
      for warning in workspace.warnings { complain(warning) }
    } catch {
      complain(SessionError(wrapping: error).sentence)
    }
  }
}
