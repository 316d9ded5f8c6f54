/// What `session.json` of one commit of a chain holds: the events since the commit before it and, on a
/// checkpoint, the facts about the snapshot that its tree cannot hold.
package struct SessionDocument: Hashable, Sendable {
  /// Readers refuse documents whose major format they do not know.
  package static let format = 1

  package var session: SessionID
  package var writer: WriterID
  package var clock: Int64
  package var events: [Event]
  package var checkpoint: Checkpoint?
  /// Members that a newer version wrote beside those known here.
  package var unknown: [String: JSONValue] = [:]

  package init(
    session: SessionID, writer: WriterID, clock: Int64, events: [Event], checkpoint: Checkpoint? = nil
  ) {
    self.session = session
    self.writer = writer
    self.clock = clock
    self.events = events
    self.checkpoint = checkpoint
  }

  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  private static let members: Set<String> = ["format", "session", "writer", "clock", "events", "checkpoint"]

  package init(parsing bytes: [UInt8]) throws {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Invalid(description: "session.json is not JSON")
    }
    guard let format = json["format"]?.integer else {
      throw Invalid(description: "session.json names no format")
    }
    guard format == Self.format else {
      throw Invalid(description: "session.json has format \(format); this version reads \(Self.format)")
    }
    guard let session = json["session"]?.string.flatMap({ SessionID($0) }),
      let writer = json["writer"]?.string.flatMap({ WriterID($0) }),
      let clock = json["clock"]?.integer, let members = json.object
    else { throw Invalid(description: "session.json lacks session, writer or clock") }
    guard let events = (json["events"] ?? .array([])).array else {
      throw Invalid(description: "session.json holds events that are no list")
    }
    self.init(
      session: session, writer: writer, clock: Int64(clock),
      events: try events.map { json in
        guard let event = Event(json, writer: writer) else {
          throw Invalid(description: "session.json holds an event without kind, sequence or time")
        }
        return event
      },
      checkpoint: try json["checkpoint"].map { json in
        guard let checkpoint = Checkpoint(json) else {
          throw Invalid(description: "session.json holds a checkpoint without number, trigger or time")
        }
        return checkpoint
      })
    unknown = members.filter { !Self.members.contains($0.key) }
  }

  package var canonical: [UInt8] {
    var members = unknown
    members["format"] = .integer(Int64(Self.format))
    members["session"] = .string(session.description)
    members["writer"] = .string(writer.description)
    members["clock"] = .integer(clock)
    members["events"] = .array(events.map { $0.json(in: writer) })
    members["checkpoint"] = checkpoint?.json
    return JSONValue.object(members).canonical
  }
}
