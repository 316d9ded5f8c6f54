import Git
import Sessions
import Storage

/// What a push would make public: all that its chains reach and the remote, as far as this clone knows, lacks.
package struct Publication: Encodable, Sendable {
  package let remote: String
  /// Where that leads, without a password.
  package let address: String
  package let sessions: Int
  package let checkpoints: Int
  /// Of the user, among them those that were amended away later.
  package let commits: Int
  /// Different paths.
  package let files: Int
  /// Different contents of those files.
  package let versions: Int
  /// Of agents, kept in what would be sent.
  package let conversations: Int

  init(of tips: [Tip], in histories: [SessionHistory], to remote: String, _ repository: Repository) throws {
    // git appends `/*` by itself.
    let places = ["refs/remotes/", "refs/sessions-remote/", "refs/sessions-remote-archive/"]
    let lacking = ["--not"] + places.map { "--glob=\($0)\(remote)" }
    let known = try RemoteTips(repository).all(of: remote).map { "^\($0.commit)\n" }.joined()
    func list(_ options: [String], _ starts: [ObjectID]) throws -> [Substring] {
      guard !starts.isEmpty else { return [] }
      let input = Set(starts).sorted().map { "\($0)\n" }.joined() + known
      // Of what is only listed as known, nothing need be here.
      let output = try repository.run(
        ["rev-list", "--ignore-missing"] + options + ["--stdin"] + lacking, input: Array(input.utf8))
      return output.text.split(separator: "\n")
    }
    let sent = Set(try list([], tips.map(\.commit)).compactMap { ObjectID($0) })
    let chain = histories.flatMap(\.commits).filter { sent.contains($0.id) }
    let own = Set(histories.flatMap(\.commits).compactMap(\.documentBlob))
    // What records hold beside their document, by the names that their events give, and whose it is.
    var kept: [Substring: AgentRun.ID?] = [:]
    for event in chain.flatMap(\.events) {
      switch event.fact {
      case .transcriptKept(let run, let segment): kept[segment.file[...]] = .some(run)
      case .handoffKept(let file): kept[file[...]] = .some(nil)
      default: continue
      }
    }
    var runs: Set<AgentRun.ID> = []
    let blobs = try list(["--objects", "--filter=object:type=blob"], tips.map(\.commit)).compactMap {
      line -> (id: ObjectID, path: Substring)? in
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let id = ObjectID(parts[0]), !own.contains(id) else { return nil }
      if let keeper = kept[parts[1]] {
        if let keeper { runs.insert(keeper) }
        return nil
      }
      return (id, parts[1])
    }
    self.remote = remote
    address = Redaction.standard.redact(
      PlainText.line(try repository.run(["remote", "get-url", "--push", remote], accepting: [0, 2]).text))
    sessions = Set(tips.map(\.reference.session)).count
    checkpoints = chain.count { $0.checkpoint != nil }
    commits = try list([], chain.flatMap { ($0.base.map { [$0] } ?? []) + $0.operations }).count
    conversations = runs.count
    files = Set(blobs.map(\.path)).count
    versions = Set(blobs.map(\.id)).count
  }
}

extension Publication {
  /// The numbers in words.
  package var sentence: String {
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    let conversationCount = conversations > 0 ? ", \(count(conversations, "conversation")) with agents" : ""
    let files = count(files, "file") + (versions > files ? " in \(count(versions, "version"))" : "")
    return
      "this first push to '\(remote)'\(address.isEmpty ? "" : " (\(address))") would publish \(count(sessions, "session")) with"
      + " \(count(checkpoints, "checkpoint")), \(count(commits, "commit"))\(conversationCount) and \(files)"
      + " that it is not known to have"
  }
}
