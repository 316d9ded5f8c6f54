package import Git
package import Sessions

/// The trailers of a chain commit, in the order in which they stand.
///
/// The first seven name parents, in the order of the commit's parents; the rest say what the commit is.
enum Trailer: String, CaseIterable {
  case previous = "Session-Previous"
  case merged = "Session-Merged"
  case base = "Session-Base"
  case index = "Session-Index"
  case conflict = "Session-Conflict"
  case operation = "Session-Operation"
  case record = "Session-Record"
  case id = "Session-Id"
  case writer = "Session-Writer"
  case checkpoint = "Session-Checkpoint"
  case trigger = "Session-Trigger"
  case clock = "Session-Clock"

  var namesParent: Bool {
    switch self {
    case .previous, .merged, .base, .index, .conflict, .operation, .record: true
    case .id, .writer, .checkpoint, .trigger, .clock: false
    }
  }

  var mayRepeat: Bool { self == .merged || self == .operation }
}

/// The final paragraph of a chain commit's message.
struct TrailerBlock: Hashable {
  private(set) var lines: [(trailer: Trailer, value: String)] = []

  init() {}

  mutating func append(_ trailer: Trailer, _ value: some CustomStringConvertible) {
    lines.append((trailer, value.description))
  }

  /// Reads the last paragraph of a message; nil unless each of its lines is one of our trailers, in our order, and
  /// none stands twice that may not.
  ///
  /// What stands before the last empty line is the user's text and is not looked at.
  init?(readingFrom message: String) {
    let trimmed = message.hasSuffix("\n") ? message.dropLast() : message[...]
    let allLines = trimmed.split(separator: "\n", omittingEmptySubsequences: false)
    let block = allLines.suffix(from: (allLines.lastIndex(of: "") ?? -1) + 1)
    var position = 0
    for line in block {
      let parts = line.split(separator: ": ", maxSplits: 1)
      guard parts.count == 2, let trailer = Trailer(rawValue: String(parts[0])),
        let place = Trailer.allCases.firstIndex(of: trailer), place >= position,
        trailer.mayRepeat || lines.last?.trailer != trailer
      else { return nil }
      position = place
      append(trailer, parts[1])
    }
    guard !lines.isEmpty else { return nil }
  }

  func all(_ trailer: Trailer) -> [String] { lines.filter { $0.trailer == trailer }.map(\.value) }

  func one(_ trailer: Trailer) -> String? { all(trailer).first }

  /// The parents that the trailers name, in order; nil if one is no object name.
  var parents: [ObjectID]? {
    let named = lines.filter(\.trailer.namesParent)
    let parents = named.compactMap { ObjectID($0.value) }
    return parents.count == named.count ? parents : nil
  }

  /// A whole message: `text` comes first and is never its last paragraph.
  func message(after text: String) -> String {
    let block = lines.map { "\($0.trailer.rawValue): \($0.value)" }.joined(separator: "\n")
    return text + "\n\n" + block + "\n"
  }

  static func == (left: TrailerBlock, right: TrailerBlock) -> Bool {
    left.lines.elementsEqual(right.lines) { $0 == $1 }
  }

  func hash(into hasher: inout Hasher) {
    for line in lines {
      hasher.combine(line.trailer)
      hasher.combine(line.value)
    }
  }
}

extension Repository {
  /// The session that a commit says it belongs to; nil if it is none of a chain. Whether it does, its history tells.
  package func session(ofCommit id: ObjectID) throws(GitError) -> SessionID? {
    TrailerBlock(readingFrom: try commit(id).message)?.all(.id).first.flatMap { SessionID($0) }
  }
}
