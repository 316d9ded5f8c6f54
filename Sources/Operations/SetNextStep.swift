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
  }

  package func run(in workspace: Workspace) throws -> Report {
    guard let text else {
      let state = try workspace.current().history.state
      return Report(session: SessionHeading(state), nextStep: state.nextStep)
    }
    let appended = try Saving(workspace).record(
      [.nextStepSet(PlainText.sanitize(text))], in: try workspace.unended())
    return Report(session: SessionHeading(appended.history.state), nextStep: appended.history.state.nextStep)
  }
}
