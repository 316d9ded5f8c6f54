package import Sessions

/// What a reader has to remember until the transcript has grown. Only this program reads it; a memo that does not
/// fit costs one reading of the whole transcript.
extension TranscriptReader {
  /// Raised whenever what is written, or what it means, changes.
  private static let format = 4

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.format)
    writer.write(agent.rawValue)
    writer.write(position.offset)
    writer.write(each: position.mark) { $0.write(Int($1)) }
    writer.write(position.isInLongLine)
    writer.write(transcript)
    writer.write(each: context.plannedItems.sorted { $0.key < $1.key }) { writer, item in
      writer.write(item.key)
      writer.write(item.value)
    }
    writer.write(context.lastRequest) { $0.write($1) }
    writer.write(each: context.seen) { $0.write($1) }
    writer.write(each: context.marks) { writer, mark in
      writer.write(mark.message)
      writer.write(mark.requestCount)
      writer.write(mark.usage?.occupied) { $0.write($1) }
      writer.write(mark.usage?.answered) { $0.write($1) }
    }
    return writer.bytes
  }

  /// Throws if the bytes are not those of such a reader.
  package init(_ bytes: [UInt8]) throws(ByteReader.Malformed) {
    var reader = ByteReader(bytes[...])
    guard try reader.count() == Self.format else { throw ByteReader.Malformed() }
    let agent = try reader.parsed { TranscriptAgent(rawValue: $0) }
    let offset = try reader.count()
    let mark = try reader.list { reader throws(ByteReader.Malformed) in
      guard let byte = UInt8(exactly: try reader.integer()) else { throw ByteReader.Malformed() }
      return byte
    }
    guard mark.count <= offset else { throw ByteReader.Malformed() }
    let isInLongLine = try reader.bool()
    let transcript = try reader.transcript()
    let plannedItems = try reader.list { reader throws(ByteReader.Malformed) in
      (try reader.text(), try reader.text())
    }
    let lastRequest = try reader.optional { reader throws(ByteReader.Malformed) in try reader.text() }
    var context = TranscriptContext(
      seen: try reader.list { reader throws(ByteReader.Malformed) in try reader.text() })
    for (name, text) in plannedItems { context.plannedItems[name] = text }
    context.lastRequest = lastRequest
    context.marks = try reader.list { reader throws(ByteReader.Malformed) in
      TranscriptContext.Mark(
        message: try reader.text(), requestCount: try reader.count(), usage: try reader.usage())
    }
    guard reader.isAtEnd else { throw ByteReader.Malformed() }
    self.init(
      agent, lines: TranscriptLines(offset: offset, mark: mark, isInLongLine: isInLongLine),
      transcript: transcript,
      context: context)
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ transcript: Transcript) {
    for text in [
      transcript.id, transcript.title, transcript.model, transcript.folder, transcript.branch,
      transcript.version,
      transcript.lastWords, transcript.lastCompaction?.trigger,
    ] {
      write(text) { $0.write($1) }
    }
    for number in [
      transcript.usage?.occupied, transcript.usage?.answered, transcript.reportedWindow,
      transcript.lastCompaction?.before, transcript.lastCompaction?.after,
    ] {
      write(number) { $0.write($1) }
    }
    for count in [
      transcript.compactions, transcript.requestCount, transcript.longLines, transcript.malformedLines,
      transcript.unseen,
    ] {
      write(count)
    }
    write(transcript.isEstimated)
    write(each: transcript.figures) { writer, usage in
      writer.write(usage.occupied)
      writer.write(usage.answered)
    }
    write(each: transcript.turnEnds) { $0.write($1) }
    write(each: transcript.requests) { $0.write($1) }
    write(each: transcript.requestTimes) { writer, time in
      writer.write(time?.milliseconds) { $0.write($1) }
    }
    write(each: transcript.plan) { writer, item in
      writer.write(item.id) { $0.write($1) }
      writer.write(item.text)
      writer.write(item.status)
    }
    write(each: transcript.commands) { writer, command in
      writer.write(command.call)
      writer.write(command.text)
      writer.write(command.outcome.rawValue)
      writer.write(command.exitCode) { $0.write($1) }
    }
    for files in [transcript.filesRead, transcript.filesEdited] {
      write(each: files) { writer, file in
        writer.write(file.path)
        writer.write(file.count)
      }
    }
  }
}

extension ByteReader {
  private mutating func optionalText() throws(Malformed) -> String? {
    try optional { reader throws(Malformed) in try reader.text() }
  }

  private mutating func number() throws(Malformed) -> Int {
    guard let number = Int(exactly: try integer()) else { throw Malformed() }
    return number
  }

  private mutating func optionalNumber() throws(Malformed) -> Int? {
    try optional { reader throws(Malformed) in try reader.number() }
  }

  fileprivate mutating func usage() throws(Malformed) -> ContextUsage? {
    let (occupied, answered) = (try optionalNumber(), try optionalNumber())
    guard let occupied, let answered else { return nil }
    return ContextUsage(occupied: occupied, answered: answered)
  }

  private mutating func files() throws(Malformed) -> [Transcript.FileUse] {
    try list { reader throws(Malformed) in
      Transcript.FileUse(path: try reader.text(), count: try reader.count())
    }
  }

  fileprivate mutating func transcript() throws(Malformed) -> Transcript {
    var result = Transcript()
    result.id = try optionalText()
    result.title = try optionalText()
    result.model = try optionalText()
    result.folder = try optionalText()
    result.branch = try optionalText()
    result.version = try optionalText()
    result.lastWords = try optionalText()
    let trigger = try optionalText()
    result.usage = try usage()
    result.reportedWindow = try optionalNumber()
    let (before, after) = (try optionalNumber(), try optionalNumber())
    result.compactions = try count()
    if result.compactions > 0 {
      result.lastCompaction = Transcript.Compaction(trigger: trigger, before: before, after: after)
    }
    result.requestCount = try count()
    result.longLines = try count()
    result.malformedLines = try count()
    result.unseen = try count()
    result.isEstimated = try bool()
    result.figures = try list { reader throws(Malformed) in
      ContextUsage(occupied: try reader.number(), answered: try reader.number())
    }
    result.turnEnds = try list { reader throws(Malformed) in try reader.number() }
    result.requests = try list { reader throws(Malformed) in try reader.text() }
    result.requestTimes = try list { reader throws(Malformed) in
      try reader.optional { reader throws(Malformed) in Timestamp(milliseconds: try reader.integer()) }
    }
    guard result.requestTimes.count == result.requests.count else { throw Malformed() }
    result.plan = try list { reader throws(Malformed) in
      Transcript.PlanItem(id: try reader.optionalText(), text: try reader.text(), status: try reader.text())
    }
    result.commands = try list { reader throws(Malformed) in
      var command = Transcript.Command(call: try reader.text(), text: try reader.text())
      guard let outcome = Transcript.Command.Outcome(rawValue: try reader.number()) else { throw Malformed() }
      command.outcome = outcome
      command.exitCode = try reader.optionalNumber()
      return command
    }
    result.filesRead = try files()
    result.filesEdited = try files()
    return result
  }
}
