import Git
import Snapshots
import Storage

/// Compares two states: checkpoints, the base, the work tree.
package struct CompareStates {
  /// A checkpoint's name, `base`, or `worktree`; nil for the latest checkpoint.
  package var from: String?
  /// The same; nil for the work tree.
  package var to: String?
  package var pathspecs: [String]

  package init(from: String?, to: String?, pathspecs: [String]) {
    self.from = from
    self.to = to
    self.pathspecs = pathspecs
  }

  package struct Report: Encodable, Sendable {
    package let from: String
    package let to: String
    package let files: [FileChange]
  }

  package func run(in workspace: Workspace) throws -> Report {
    let sides = try Sides(self, workspace)
    return Report(
      from: sides.old.name, to: sides.new.name,
      files: try sides.reading.changes(from: sides.old.tree, to: sides.new.tree, pathspecs: pathspecs))
  }

  /// Lets git show the difference on our own standard output, in the form that `options` ask it for. Returns git's
  /// exit status; what is behind any but 0 and 1 git has told on standard error.
  package func show(options: [String], in workspace: Workspace) throws -> Int32 {
    let sides = try Sides(self, workspace)
    return try workspace.repository.run(
      ["diff"] + options + [sides.old.tree.hex, sides.new.tree.hex, "--"] + pathspecs,
      environment: sides.reading.batch.environment, accepting: Set(0...255), fromCurrentDirectory: true,
      inheritingOutput: true
    ).status
  }

  /// The two trees that are compared.
  private struct Sides {
    let reading: Reading
    let old: Side
    let new: Side

    struct Side {
      let name: String
      let tree: ObjectID
    }

    init(_ compare: CompareStates, _ workspace: Workspace) throws {
      reading = try Reading(workspace)
      old = try Self.side(compare.from ?? "@", workspace, reading)
      new = try Self.side(compare.to ?? "worktree", workspace, reading)
    }

    private static func side(_ name: String, _ workspace: Workspace, _ reading: Reading) throws -> Side {
      switch name {
      case "worktree": return Side(name: name, tree: try reading.snapshot().tree)
      case "base":
        let checkpoints = try workspace.current().history.checkpoints
        let tree = try checkpoints.first?.base.map { try workspace.repository.commit($0).tree }
        return Side(name: name, tree: tree ?? workspace.repository.emptyTree)
      default:
        let place = try workspace.checkpoint(named: name)
        return Side(name: place.history.name(of: place.checkpoint), tree: place.checkpoint.tree)
      }
    }
  }
}
