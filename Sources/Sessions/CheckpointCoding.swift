/// The JSON form of a checkpoint's facts. Empty lists and absent values are not written.
extension Checkpoint {
  init?(_ json: JSONValue) {
    guard let number = json["number"]?.integer, number > 0,
      let trigger = json["trigger"]?.string.flatMap(Trigger.init),
      let time = json["time"]?.string.flatMap(Timestamp.init), let members = json.object
    else { return nil }
    self.init(
      number: number, trigger: trigger, time: time, message: json["message"]?.string,
      branch: json["branch"]?.string, changes: Self.changes(json["changes"]),
      leftOut: Self.leftOut(json["left-out"]), intentToAdd: Self.intentToAdd(json["intent-to-add"]),
      operation: Self.operation(json["operation"]))
    squashed = json["squashed"]?.string
    let known = known
    unknown = members.filter { known[$0.key] != $0.value }
  }

  var json: JSONValue {
    var members = unknown.merging(known) { $1 }
    // What was read stays as it was written, as long as it still says the same.
    func keep<Value: Equatable>(_ key: String, _ value: Value, _ read: (JSONValue?) -> Value) {
      if let original = unknown[key], read(original) == value { members[key] = original }
    }
    keep("changes", changes, Self.changes)
    keep("left-out", leftOut, Self.leftOut)
    keep("intent-to-add", intentToAdd, Self.intentToAdd)
    keep("operation", operation, Self.operation)
    return .object(members)
  }

  /// What this version writes.
  private var known: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "number": .integer(Int64(number)), "trigger": .string(trigger.rawValue),
      "time": .string(time.description), "changes": changes.json,
    ]
    members["message"] = message.map(JSONValue.string)
    members["branch"] = branch.map(JSONValue.string)
    if !leftOut.isEmpty { members["left-out"] = .array(leftOut.map(\.json)) }
    if !intentToAdd.isEmpty { members["intent-to-add"] = .array(intentToAdd.map(JSONValue.string)) }
    members["operation"] = operation?.json
    members["squashed"] = squashed.map(JSONValue.string)
    return members
  }

  private static func changes(_ json: JSONValue?) -> ChangeCount {
    json.map(ChangeCount.init(json:)) ?? ChangeCount()
  }

  private static func leftOut(_ json: JSONValue?) -> [LeftOut] {
    (json?.array ?? []).compactMap(LeftOut.init(json:))
  }

  private static func intentToAdd(_ json: JSONValue?) -> [String] {
    (json?.array ?? []).compactMap(\.string)
  }

  private static func operation(_ json: JSONValue?) -> OperationInProgress? {
    json.flatMap(OperationInProgress.init(json:))
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
    self.init(
      path: path, reason: reason, size: json["size"]?.integer.map(Int64.init), filter: json["filter"]?.string)
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["path": .string(path), "reason": .string(reason.rawValue)]
    members["size"] = size.map(JSONValue.integer)
    members["filter"] = filter.map(JSONValue.string)
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
