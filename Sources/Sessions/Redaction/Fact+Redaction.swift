extension Fact {
  /// The same without the secrets in what people and programs wrote.
  package func redacted(by redaction: Redaction) -> Fact {
    switch self {
    case .started(let key, let objective, let name):
      .started(key: key, objective: redaction.redact(objective), name: name)
    case .objectiveSet(let text): .objectiveSet(redaction.redact(text))
    case .phaseSet(let name): .phaseSet(redaction.redact(name))
    case .nextStepSet(let text): .nextStepSet(redaction.redact(text))
    case .itemAdded(let kind, let text, let because):
      .itemAdded(kind, text: redaction.redact(text), because: because.map(redaction.redact))
    case .itemResolved(let id, let because): .itemResolved(id, because: because.map(redaction.redact))
    case .commitMade(let id, let subject, let run):
      .commitMade(id: id, subject: redaction.redact(subject), by: run)
    case .runEnded(let run, let reason): .runEnded(run, reason: reason.map(redaction.redact))
    // A name is one word, made from the objective.
    case .nameSet, .budgetSet, .lifecycleChanged, .itemReopened, .itemRemoved, .commitRewritten,
      .writerReplaced, .runStarted, .contextMeasured, .transcriptKept, .handoffKept, .deleted, .unknown:
      self
    }
  }
}
