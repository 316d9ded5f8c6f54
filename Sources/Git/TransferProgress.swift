/// Finds in what git writes on standard error the lines that say how far a transfer is, lets them through and keeps
/// the rest.
///
/// They end with a carriage return while they change and with a line feed when they are done (git's progress.c); the
/// other side's begin with `remote: `.
struct TransferProgress {
  private let show: @Sendable (String) -> Void
  private var line: [UInt8] = []
  /// What is not about progress.
  private(set) var rest: [UInt8] = []

  init(_ show: @escaping @Sendable (String) -> Void) { self.show = show }

  mutating func take(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      line.append(byte)
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { endLine() }
    }
  }

  mutating func finish() {
    rest += line
    line = []
  }

  private mutating func endLine() {
    let text = String(decoding: line, as: UTF8.self)
    if Self.isProgress(text) {
      show(text)
    } else {
      rest += line
    }
    line = []
  }

  /// `remote: Counting objects:  60% (3/5)` and the like. What the other side writes may be anything; only letters,
  /// digits and the signs of such a line pass.
  static func isProgress(_ line: String) -> Bool {
    let body = line.hasPrefix("remote: ") ? line.dropFirst("remote: ".count) : line[...]
    let allowed = body.utf8.allSatisfy { (32..<127).contains($0) || $0 == 10 || $0 == 13 }
    // The names of git's counters begin with a capital, its complaints do not.
    guard allowed, let colon = body.firstIndex(of: ":"), body.first?.isUppercase == true,
      body[..<colon].allSatisfy({ $0.isLetter || $0 == " " })
    else { return false }
    let value = body[body.index(after: colon)...].drop { $0 == " " }
    return value.first?.isNumber == true
      && (value.contains("%") || value.contains(", done") || line.hasSuffix("\r"))
  }
}
