/// The JSON form of a checkpoint's facts. Empty lists and absent values are not written.
extension Checkpoint {
  private static let members: Set<String> = [
    "number", "trigger", "time", "message", "branch", "changes", "left-out", "intent-to-add", "operation",
  ]

  init?(_ json: JSONValue) {
    guard let number = json["number"]?.integer, number > 0,
      let trigger = json["trigger"]?.string.flatMap(Trigger.init),
      let time = json["time"]?.string.flatMap(Timestamp.init), let members = json.object
    else { return nil }
    self.init(
      number: number, trigger: trigger, time: time, message: json["message"]?.string,
      branch: json["branch"]?.string, changes: json["changes"].map(ChangeCount.init(json:)) ?? ChangeCount(),
      leftOut: (json["left-out"]?.array ?? []).compactMap(LeftOut.init(json:)),
      intentToAdd: (json["intent-to-add"]?.array ?? []).compactMap(\.string),
      operation: json["operation"].flatMap(OperationInProgress.init(json:)))
    unknown = members.filter { !Self.members.contains($0.key) }
  }

  var json: JSONValue {
    var members = unknown
    members["number"] = .integer(Int64(number))
    members["trigger"] = .string(trigger.rawValue)
    members["time"] = .string(time.description)
    members["message"] = message.map(JSONValue.string)
    members["branch"] = branch.map(JSONValue.string)
    members["changes"] = changes.json
    if !leftOut.isEmpty { members["left-out"] = .array(leftOut.map(\.json)) }
    if !intentToAdd.isEmpty { members["intent-to-add"] = .array(intentToAdd.map(JSONValue.string)) }
    members["operation"] = operation?.json
    return .object(members)
  }
}

extension ChangeCount {
  fileprivate init(json: JSONValue) {
    self.init(
      files: json["files"]?.integer ?? 0, insertions: json["insertions"]?.integer ?? 0,
      deletions: json["deletions"]?.integer ?? 0)
  }

  fileprivate var json: JSONValue {
    .object([
      "files": .integer(Int64(files)), "insertions": .integer(Int64(insertions)),
      "deletions": .integer(Int64(deletions)),
    ])
  }
}

extension LeftOut {
  fileprivate init?(json: JSONValue) {
    guard let path = json["path"]?.string, let reason = json["reason"]?.string.flatMap(Reason.init) else {
      return nil
    }
    self.init(path: path, reason: reason, size: json["size"]?.integer.map(Int64.init))
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["path": .string(path), "reason": .string(reason.rawValue)]
    members["size"] = size.map(JSONValue.integer)
    return .object(members)
  }
}

extension OperationInProgress {
  fileprivate init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init) else { return nil }
    self.init(kind: kind, heads: (json["heads"]?.array ?? []).compactMap(\.string))
  }

  fileprivate var json: JSONValue {
    .object(["kind": .string(kind.rawValue), "heads": .array(heads.map(JSONValue.string))])
  }
}
