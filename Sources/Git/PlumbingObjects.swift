import Files

/// Objects as `git cat-file --batch-command` gives them (git-cat-file, "Batch output").
///
/// The process is started with the first question and stays until this value goes. Like git itself it looks again for
/// new packs before it says that an object is missing.
final class PlumbingObjects: ObjectSource {
  private let process: ChildProcess
  private let format: ObjectFormat
  /// Held for one question and its answer: threads take turns.
  private let lock = Lock()
  private var conversation: Conversation?

  init(
    git: GitExecutable, gitDirectory: String, format: ObjectFormat, environment: [String: String] = [:]
  ) {
    // What a partial clone lacks is missing here: reading must not go to the network. Before git 2.45 only a protocol that
    // does not exist keeps it from there.
    let own = environment.merging(["GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"]) { $1 }
    process = git.process(
      ["--git-dir=" + gitDirectory, "cat-file", "--batch-command"], in: gitDirectory, environment: own)
    self.format = format
  }

  func header(of id: ObjectID) throws(GitError) -> ObjectHeader? {
    try asking { conversation throws(GitError) in try answer(to: "info", id, in: conversation) }
  }

  func content(of id: ObjectID) throws(GitError) -> [UInt8] {
    let content = try asking { conversation throws(GitError) -> ArraySlice<UInt8>? in
      guard let header = try answer(to: "contents", id, in: conversation) else { return nil }
      // A line feed follows.
      return try conversation.read(header.size + 1).dropLast()
    }
    guard let content else { throw GitError.notFound(id) }
    return Array(content)
  }

  /// A conversation that failed is not gone on with: what comes next might be the rest of an answer.
  private func asking<Answer>(
    _ body: (Conversation) throws(GitError) -> Answer
  ) throws(GitError) -> Answer {
    try lock.whileHeld { () throws(GitError) in
      let current = if let conversation { conversation } else { try Conversation(process) }
      conversation = nil
      let answer = try body(current)
      if !current.hasEnded { conversation = current }
      return answer
    }
  }

  /// Reads `<name> <kind> <size>`; nil for `<name> missing`.
  private func answer(
    to command: String, _ id: ObjectID, in conversation: Conversation
  ) throws(GitError) -> ObjectHeader? {
    // Git would take a shorter name for the beginning of one.
    guard id.byteCount == format.byteCount else {
      throw GitError(.unsupported, "\(id) is no object name of this repository")
    }
    let line: String
    do {
      try conversation.send("\(command) \(id)\n")
      line = try conversation.readLine()
    } catch  where error.description.contains("from promisor remote") {
      // Git gives up at what it may not fetch.
      return nil
    }
    let words = line.split(separator: " ")
    if words.count == 2, words[1] == "missing" { return nil }
    guard words.count == 3, let kind = ObjectKind(rawValue: String(words[1])), let size = Int(words[2]),
      size >= 0
    else { throw GitError(.other, "git cat-file gives an answer that cannot be read for object \(id)") }
    return ObjectHeader(kind: kind, size: size)
  }
}
