import Git
import Sessions

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The JSON of a work tree's state. It is read by every command, and Foundation takes as long for it as a small
/// checkpoint for all that it writes; so only the list of what can be undone, which is seldom there, is left to it.
extension WorktreeState {
  private struct Malformed: Error {}

  init(_ json: JSONValue) throws {
    guard let writer = try Self.value("writer", in: json, { WriterID($0) }), let place = json["place"],
      let device = place["device"]?.integer, let inode = place["inode"]?.integer,
      let path = place["path"]?.string, let machine = place["machine"]?.string, let undo = json["undo"]
    else { throw Malformed() }
    self.init(
      writer: writer,
      place: Place(
        device: UInt64(bitPattern: Int64(device)), inode: UInt64(bitPattern: Int64(inode)), path: path,
        machine: machine))
    current = try Self.value("current", in: json) { SessionID($0) }
    previous = try Self.value("previous", in: json) { SessionID($0) }
    tip = try Self.value("tip", in: json) { ObjectID($0) }
    lifecycle = try Self.value("lifecycle", in: json) { Lifecycle(rawValue: $0) }
    base = try Self.value("base", in: json) { ObjectID($0) }
    if undo != .array([]) {
      self.undo = try JSONDecoder().decode([UndoEntry].self, from: Data(undo.canonical))
    }
  }

  /// Nil where there is none; what is no such value throws.
  private static func value<Value>(
    _ key: String, in json: JSONValue, _ parse: (String) -> Value?
  ) throws -> Value? {
    guard let member = json[key] else { return nil }
    guard let value = member.string.flatMap(parse) else { throw Malformed() }
    return value
  }

  var json: JSONValue {
    get throws {
      let known: [String: JSONValue?] = [
        "current": (current?.description).map(JSONValue.string),
        "previous": (previous?.description).map(JSONValue.string),
        "writer": .string(writer.description),
        "tip": (tip?.hex).map(JSONValue.string),
        "lifecycle": (lifecycle?.rawValue).map(JSONValue.string),
        "base": (base?.hex).map(JSONValue.string),
        "place": place.json,
        "undo": undo.isEmpty
          ? .array([]) : try JSONValue(parsing: Array(try JSONEncoder().encode(undo))),
      ]
      return .object(known.compactMapValues(\.self))
    }
  }
}

extension WorktreeState.Place {
  fileprivate var json: JSONValue {
    .object([
      // JSON's integers have a sign here.
      "device": .integer(Int64(bitPattern: device)), "inode": .integer(Int64(bitPattern: inode)),
      "path": .string(path), "machine": .string(machine),
    ])
  }
}
