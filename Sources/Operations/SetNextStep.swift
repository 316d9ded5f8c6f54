import Sessions
import Storage

/// Says, or changes, what comes next in the current session.
package struct SetNextStep {
  /// Nil asks; an empty text clears.
  package var text: String?

  package init(text: String?) { self.text = text }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let nextStep: String?
    /// True if it could not be recorded in the repository, and waits for the next hook.
    package var isSpooled = false
  }

  package func run(in workspace: Workspace) throws -> Report {
    guard let text = self.text else {
      let state = try workspace.current().history.state
      return Report(session: SessionHeading(state), nextStep: state.nextStep)
    }
    let current = try workspace.unended()
    let next = PlainText.sanitize(text)
    guard let appended = try workspace.record([.nextStepSet(next)], in: current) else {
      return Report(session: SessionHeading(current.history.state), nextStep: next, isSpooled: true)
    }
    return Report(session: SessionHeading(appended.history.state), nextStep: appended.history.state.nextStep)
  }
}
