import Files
import Git
import Storage

/// Checks that what is derived from the chains fits them, that the chains are sound, and that nothing was left
/// behind by a process that died; mends what can be mended without loss.
package struct Doctor {
  package var fixes: Bool

  package init(fixes: Bool) { self.fixes = fixes }

  package struct Report: Encodable, Sendable {
    package let findings: [Finding]
    package var isHealthy: Bool { findings.allSatisfy { $0.state == .good || $0.state == .fixed } }
  }

  package struct Finding: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
      case good
      /// `--fix` would mend it.
      case fixable
      case fixed
      /// Only a person can mend it.
      case bad
    }
    package let check: String
    package let state: State
    package let sentence: String
    /// What `--fix` does about it, or what a person can do.
    package let remedy: String?
  }

  package func run(in workspace: Workspace) throws -> Report {
    var findings: [Finding] = []
    for check in Self.checks {
      let problems = try check.run(workspace)
      if problems.isEmpty {
        findings.append(Finding(check: check.name, state: .good, sentence: check.whenGood, remedy: nil))
      }
      for problem in problems {
        if fixes, let fix = problem.fix { try fix(workspace) }
        let state: Finding.State = problem.fix == nil ? .bad : fixes ? .fixed : .fixable
        findings.append(
          Finding(check: check.name, state: state, sentence: problem.sentence, remedy: problem.remedy))
      }
    }
    return Report(findings: findings)
  }

  /// One thing that is looked at.
  struct Check: Sendable {
    let name: String
    let whenGood: String
    let run: @Sendable (Workspace) throws -> [Problem]
  }

  struct Problem {
    let sentence: String
    let remedy: String?
    var fix: ((Workspace) throws -> Void)?
  }

  static let checks = [chains, notes, index, state, leftovers, locks, configuration]
}
