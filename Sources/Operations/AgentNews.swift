import Agents
import Files
import Git
import Sessions
import Storage

/// What agents at work in a work tree have added since its session was last written: runs that began or ended, how
/// full contexts are, and what has come to transcripts. Every save tells it, whoever asked for the save.
struct AgentNews {
  private(set) var facts: [Fact] = []
  private(set) var attachments: [Attachment] = []
  /// There is more of a transcript than one save takes.
  private(set) var hasMore = false

  var isEmpty: Bool { facts.isEmpty }

  /// So many bytes of transcripts one save takes, so that nobody waits for it.
  private static let bytesAtOnce = 2 << 20

  init() {}

  /// The segments are put into `batch`. What cannot be read is passed over: nothing here stops a save.
  init(for state: SessionState, _ workspace: Workspace, batch: ObjectBatch) {
    let keepsTranscripts = (try? workspace.settings.transcripts) ?? true
    let begun = state.started ?? state.id.time
    var left = Self.bytesAtOnce
    for entry in AgentRuns(workspace.repository).entries {
      // Its first request may have begun the session.
      guard entry.session.map({ $0 == state.id }) ?? (entry.heard >= begun) else { continue }
      guard let id = entry.id else { continue }
      let known = state.runs[id]
      let hasEnded = known?.ended != nil && entry.ended != nil
      if hasEnded, !Self.hasLateLines(entry, after: known?.ends ?? []) { continue }
      if !hasEnded, known.map({ $0.ended != nil || isNewStart(entry, after: $0) }) ?? true {
        facts.append(.runStarted(id, source: entry.source ?? "startup"))
      }
      var isWhole = true
      if keepsTranscripts, let file = entry.transcript {
        isWhole = keep(file, of: id, after: known?.ends ?? [], atMost: &left, workspace, batch)
      }
      // Of one that has ended no more is looked for than what comes late, so all of it has to be here.
      if let reason = entry.ended, isWhole, !hasEnded {
        facts.append(.runEnded(id, reason: PlainText.line(reason, limit: 80)))
      }
    }
  }

  /// Agents write the last lines when they have told that they end. What comes much later is of a run that goes on
  /// somewhere else.
  private static let lateness: Int64 = 60_000

  /// Whether more was written to the transcript of a run that has ended than was kept of it.
  private static func hasLateLines(_ entry: AgentRuns.Entry, after ends: [TranscriptSegment]) -> Bool {
    guard let file = entry.transcript, let end = ends.first, let status = try? Files.status(file) else {
      return false
    }
    return status.size > end.range.upperBound
      && status.modified / 1_000_000 - lateness < entry.heard.milliseconds
  }

  /// A context began that no event tells of yet.
  private func isNewStart(_ entry: AgentRuns.Entry, after run: AgentRun) -> Bool {
    guard let started = entry.started, let source = entry.source else { return false }
    return run.starts.last.map { $0.source != source || $0.time < started } ?? true
  }

  /// False if there is more of it, or it could not be read although it is there.
  private mutating func keep(
    _ file: String, of id: AgentRun.ID, after ends: [TranscriptSegment], atMost left: inout Int,
    _ workspace: Workspace, _ batch: ObjectBatch
  ) -> Bool {
    do {
      let tail = try TranscriptTail(file, after: ends, workspace.repository)
      let folder =
        "transcripts/\(id.agent)-\(try workspace.repository.name(ofRun: id.run, digits: 8))"
      while left > 0, let piece = try tail.next() {
        left -= piece.range.count
        let digits = String(piece.range.lowerBound)
        let name = "\(folder)/\(String(repeating: "0", count: max(0, 12 - digits.count)))\(digits).jsonl"
        let segment = TranscriptSegment(
          file: name, generation: tail.generation, from: piece.range.lowerBound, to: piece.range.upperBound,
          mark: piece.mark)
        guard let segment else { return true }
        attachments.append(
          Attachment(name, try batch.write(workspace.redaction.redact(piece.bytes), as: .blob)))
        facts.append(.transcriptKept(id, segment))
      }
      if left <= 0 { hasMore = true }
      return left > 0
    } catch let error as FileError where error.isMissing || error.isOfAnotherKind || error.isNoDirectory {
      return true
    } catch {
      // The disk has no room for it, and what matters more may still have; or nobody may read it at the moment.
      return false
    }
  }
}
