import Git
import Sessions
import Storage

/// Saves what agents have left that ended without a word, and finishes what an emergency save had no time for. Each
/// command begins with it; where no agent was at work it costs a look for two files.
package struct CatchUp {
  private static let moment: Int64 = 10_000

  package init() {}

  package struct Report: Sendable {
    /// The agents whose work was found, by name.
    package let lost: [String]
    package let finished: Bool
    /// Nil if the latest checkpoint held all of it already.
    package let checkpoint: CheckpointReport?
  }

  /// Nil if there was nothing to do. What goes wrong becomes a warning: the command itself goes on.
  package func run(in workspace: Workspace) -> Report? {
    do {
      return try DiskReserve(workspace.repository).spend { try find(in: workspace) }
    } catch  where error.isNotPermitted {
      // Somebody who may write does it.
      return nil
    } catch {
      workspace.warn("what an agent has left was not saved: \(SessionError(wrapping: error).sentence)")
      return nil
    }
  }

  private func find(in workspace: Workspace) throws -> Report? {
    guard workspace.repository.workTree != nil else { return nil }
    Spool(workspace).drain()
    let runs = AgentRuns(workspace.repository)
    let lost = runs.entries.filter { entry in
      entry.ended == nil && entry.process.map { !workspace.world.isAlive($0) } ?? false
    }
    // Somebody may be at it at this moment.
    let isPending =
      PendingSave(workspace).read().map { !workspace.now.isWithin(Self.moment, after: $0.since) } ?? false
    guard !lost.isEmpty || isPending else { return nil }
    guard let current = try workspace.currentIfAny(), current.history.state.lifecycle == .active else {
      for entry in lost { try runs.setEnd(of: entry, AgentRun.lost) }
      return nil
    }
    let saved = try lost.isEmpty ? nil : save(lost, runs, in: workspace)
    let finished = isPending && finish(in: workspace)
    return Report(
      lost: Set(lost.map(\.agent)).sorted(), finished: finished,
      checkpoint: saved.flatMap { $0.isNew ? $0.checkpoint : nil })
  }

  private func finish(in workspace: Workspace) -> Bool {
    do {
      return try EmergencySave(workspace: workspace).finish()
    } catch {
      workspace.warn("an emergency save is not finished yet: \(SessionError(wrapping: error).sentence)")
      return false
    }
  }

  private func save(
    _ lost: [AgentRuns.Entry], _ runs: AgentRuns, in workspace: Workspace
  ) throws -> TakeCheckpoint.Report {
    for entry in lost { try runs.setEnd(of: entry, AgentRun.lost) }
    do {
      var checkpoint = TakeCheckpoint(message: nil, trigger: .exit)
      checkpoint.facts = AgentContext.ended(in: workspace).compactMap(\.measure)
      let saved = try checkpoint.run(in: workspace)
      for entry in lost { try AgentContext.forget(entry.run, workspace.repository) }
      return saved
    } catch {
      // It is found once more.
      for entry in lost { try runs.setEnd(of: entry, nil) }
      throw error
    }
  }
}
