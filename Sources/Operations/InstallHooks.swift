import Files
import Git

/// Puts a few lines into the repository's hooks that tell us of the user's commits; takes them out again; says
/// whether they are there. What else a hook holds stays byte for byte.
package struct InstallHooks {
  package enum Action: Sendable { case install, check, remove }

  package var action: Action

  package init(_ action: Action) { self.action = action }

  package struct Report: Encodable, Sendable {
    package let folder: String
    package let hooks: [HookReport]
    /// What else is worth knowing about the folder.
    package let remarks: [String]
    /// Every hook is in place, or, after a removal, none is.
    package let isDone: Bool
  }

  package struct HookReport: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
      case installed, updated, present, removed, absent, missing, outdated
      /// Only the user can do it, as ``reason`` and ``steps`` say.
      case manual
    }

    package let hook: Hook
    package let path: String
    package let state: State
    package let reason: String?
    /// Commands, or lines to add.
    package let steps: [String]
  }

  package func run(in workspace: Workspace) throws -> Report {
    let folder = try HookFolder(workspace)
    let program = folder.isShared ? nil : workspace.world.executable()
    var hooks: [HookReport] = []
    // Backwards, a folder that came with the first hook is empty when that one goes.
    for hook in action == .remove ? Hook.allCases.reversed() : Hook.allCases {
      let file = try HookFile(hook, in: folder, program: program)
      hooks.append(try file.report(for: action))
    }
    if action == .install { try workspace.noteLifecycle() }
    let done: Set<HookReport.State> =
      action == .remove ? [.removed, .absent] : [.installed, .updated, .present]
    return Report(
      folder: folder.path, hooks: action == .remove ? hooks.reversed() : hooks,
      remarks: remarks(folder, hooks),
      isDone: hooks.allSatisfy { done.contains($0.state) })
  }

  private func remarks(_ folder: HookFolder, _ hooks: [HookReport]) -> [String] {
    var remarks: [String] = []
    if folder.isHusky {
      remarks.append("Husky runs the hooks here: the files are those in .husky, which its own scripts call.")
    }
    if folder.isShared && action == .install {
      remarks.append(
        "These files belong to the work tree. Whoever gets them with a commit is not disturbed: without "
          + "git-session, or without a session, they do nothing.")
    }
    if action == .check && hooks.contains(where: { [.missing, .outdated].contains($0.state) }) {
      remarks.append("'git session init' puts in place what is missing or outdated.")
    }
    if folder.isOutside && action != .remove {
      remarks.append(
        "core.hooksPath names a folder outside of this repository, which other repositories may share. "
          + "Nothing was changed there.")
    }
    return remarks
  }
}
