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
      let problems = problems(of: check, workspace)
      if problems.isEmpty {
        findings.append(Finding(check: check.name, state: .good, sentence: check.whenGood, remedy: nil))
      }
      for problem in problems {
        findings.append(finding(problem, of: check, workspace))
      }
    }
    return Report(findings: findings)
  }

  /// That one thing cannot be looked at is a problem, but not one of the others.
  private func problems(of check: Check, _ workspace: Workspace) -> [Problem] {
    do {
      return try check.run(workspace)
    } catch {
      let error = SessionError(wrapping: error)
      return [Problem(sentence: error.sentence, remedy: error.hints.first)]
    }
  }

  /// What cannot be mended stops nothing else from being mended.
  private func finding(_ problem: Problem, of check: Check, _ workspace: Workspace) -> Finding {
    func finding(_ state: Finding.State, _ remedy: String?) -> Finding {
      Finding(check: check.name, state: state, sentence: problem.sentence, remedy: remedy)
    }
    guard let fix = problem.fix else { return finding(.bad, problem.remedy) }
    guard fixes else { return finding(.fixable, problem.remedy) }
    do {
      try fix(workspace)
      return finding(.fixed, problem.remedy)
    } catch {
      return finding(.bad, SessionError(wrapping: error).sentence)
    }
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

  static let checks = [
    chains, archives, notes, index, state, leftovers, locks, queue, hooks, watcher, configuration, packs,
  ]
}
