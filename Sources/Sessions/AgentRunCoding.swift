/// How a fold keeps runs, in bytes that only this program reads.
extension AgentRun {
  func encode(to bytes: inout ByteWriter) {
    id.encode(to: &bytes)
    bytes.write(started.milliseconds)
    bytes.write(ended) { $0.write($1.milliseconds) }
    bytes.write(reason) { $0.write($1) }
    bytes.write(each: starts) {
      $0.write($1.time.milliseconds)
      $0.write($1.source)
    }
    bytes.write(each: samples) { bytes, sample in
      let measure = sample.measure
      bytes.write(sample.time.milliseconds)
      for number in [measure.tokens, measure.limit, measure.compactions] { bytes.write(number) }
      bytes.write(measure.model) { $0.write($1) }
    }
    bytes.write(each: segments) { bytes, segment in
      bytes.write(segment.file)
      bytes.write(segment.generation) { $0.write($1) }
      for place in [segment.range.lowerBound, segment.range.upperBound] { bytes.write(place) }
      bytes.write(segment.mark)
    }
  }

  init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    typealias Malformed = ByteReader.Malformed
    func time(_ bytes: inout ByteReader) throws(Malformed) -> Timestamp {
      Timestamp(milliseconds: try bytes.integer())
    }
    func text(_ bytes: inout ByteReader) throws(Malformed) -> String { try bytes.text() }
    let id = try ID(from: &bytes)
    self.init(id, started: try time(&bytes))
    (ended, reason) = (try bytes.optional(time), try bytes.optional(text))
    starts = try bytes.list { (bytes) throws(Malformed) in
      Start(time: try time(&bytes), source: try bytes.text())
    }
    samples = try bytes.list { (bytes) throws(Malformed) in
      let time = try time(&bytes)
      let measure = ContextMeasure(
        tokens: try bytes.count(), limit: try bytes.count(), compactions: try bytes.count(),
        model: try bytes.optional(text))
      guard let measure else { throw Malformed() }
      return Sample(time: time, measure: measure)
    }
    segments = try bytes.list { (bytes) throws(Malformed) in
      let segment = TranscriptSegment(
        file: try bytes.text(), generation: try bytes.optional(text), from: try bytes.count(),
        to: try bytes.count(), mark: try bytes.text())
      guard let segment else { throw Malformed() }
      return segment
    }
  }
}

extension AgentRun.ID {
  func encode(to bytes: inout ByteWriter) {
    for name in [agent, run] { bytes.write(name) }
  }

  init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    let (agent, run) = (try bytes.text(), try bytes.text())
    guard let id = AgentRun.ID(agent: agent, run: run) else { throw ByteReader.Malformed() }
    self = id
  }
}
