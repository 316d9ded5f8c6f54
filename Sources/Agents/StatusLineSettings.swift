import Sessions

/// The status line in settings: a program of the user's whose output the agent shows. There is one; so ours runs the
/// one that was there before, which its command line carries.
extension HookSettings {
  /// Whether there is any status line.
  package var hasStatusLine: Bool { text.root.member("statusLine") != nil }

  /// Whether it is ours.
  package var hasOwnStatusLine: Bool { statusLine.map { Self.isOurs($0.command) } ?? false }

  /// Puts ours in, around the one that is there, or brings it up to date. One that is no command line stays.
  ///
  /// `program` is a shell's assignment that finds this program, without what happens if that fails.
  package mutating func addStatusLine(program: String) {
    guard let (place, now) = statusLine else {
      if !hasStatusLine {
        let command = Self.command(program, former: nil)
        text.append(
          .object(["type": .string("command"), "command": .string(command)]), key: "statusLine", at: [])
      }
      return
    }
    // Somebody has put it there by hand.
    if !Self.isOurs(now), now.contains("git session statusline") || now.contains("git-session statusline") {
      return
    }
    let command = Self.command(program, former: Self.isOurs(now) ? Self.former(in: now) : now)
    if command != now { text.replace(at: place, with: .string(command)) }
  }

  /// Takes ours out; the one before comes back.
  mutating func removeStatusLine() {
    guard let (place, now) = statusLine, Self.isOurs(now) else { return }
    if let former = Self.former(in: now) {
      text.replace(at: place, with: .string(former))
    } else {
      text.remove(at: place.dropLast())
    }
  }

  /// Its command line, and where that stands.
  private var statusLine: (place: [Int], command: String)? {
    guard let member = text.root.member("statusLine") else { return nil }
    let node = text.node(at: [member])
    guard let place = node.member("command"),
      let command = text.value(node.children[place].value)?.string
    else { return nil }
    return ([member, place], command)
  }

  // MARK: - The command line

  private static let end = " statusline"
  private static let endWithFormer = #" statusline --then "$t""#
  private static let start = "t='"
  private static let escapedQuote = #"'\''"#

  /// Without this program, the one before is run all the same.
  private static func command(_ program: String, former: String?) -> String {
    guard let former else { return "\(program) || exit 0; exec \"$g\"\(end)" }
    let quoted = former.split(separator: "'", omittingEmptySubsequences: false).joined(
      separator: escapedQuote)
    return "\(start)\(quoted)'; \(program) || exec sh -c \"$t\"; exec \"$g\"\(endWithFormer)"
  }

  private static func isOurs(_ command: String) -> Bool {
    command.contains("git-session")
      && (command.hasSuffix(#"exec "$g""# + end) || command.hasSuffix(#"exec "$g""# + endWithFormer))
  }

  private static func former(in command: String) -> String? {
    guard command.hasPrefix(start), command.hasSuffix(endWithFormer) else { return nil }
    var former = ""
    var rest = command.dropFirst(start.count)
    while let quote = rest.firstIndex(of: "'") {
      former += rest[..<quote]
      guard rest[quote...].hasPrefix(escapedQuote) else { return former }
      former += "'"
      rest = rest[quote...].dropFirst(escapedQuote.count)
    }
    return nil
  }
}
