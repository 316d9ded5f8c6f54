/// A process of this machine: its number, and when it began, since numbers are given again.
package struct RunningProcess: Hashable, Sendable {
  package let id: Int32
  /// In the system's own count.
  package let began: Int64
  /// As the system lists it: `claude`.
  package let name: String

  package init(id: Int32, began: Int64, name: String) {
    (self.id, self.began, self.name) = (id, began, name)
  }

  /// Whatever it is called: a process may be named anew.
  func isSame(as other: RunningProcess) -> Bool { (id, began) == (other.id, other.began) }

  /// Programs that only start others.
  private static let launchers: Set<String> = [
    "sh", "bash", "dash", "zsh", "fish", "ksh", "env", "timeout", "git",
  ]

  package var isLauncher: Bool { Self.launchers.contains(name) }
}
