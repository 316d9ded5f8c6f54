/// The lines that `init` puts into a hook: those of `hooks/` at the top of our sources.
struct HookBlock {
  /// Between the first and the last line.
  let bytes: [UInt8]

  static let firstLine = "# >>> git-session "
  static let lastLine = "# <<< git-session <<<"
  /// Of the block that this program writes. Another number, or other bytes under this one, are replaced.
  static let version = 1

  private static let note = "# By 'git session init';"

  /// What happened to make room for the block; `--remove` reads it from the note and undoes it.
  enum Making: String, CaseIterable {
    case nothing = ""
    case file = " with this file"
    case fileAndFolder = " with this file and its folder"
  }

  /// `program` is the absolute path that is tried first; nil leaves it to the user's PATH.
  init(for hook: Hook, program: String?, making: Making) {
    let template =
      hook.readsInput ? PackageResources.block_with_input_sh : PackageResources.block_sh
    let quoted = program.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }
    let text = String(decoding: template, as: UTF8.self)
      .replacing("@program@ ", with: quoted.map { $0 + " " } ?? "")
      .replacing("@hook@", with: hook.rawValue)
      .replacing("@marker@", with: hook.marker)
      .replacing(Self.note, with: String(Self.note.dropLast()) + making.rawValue + ";")
    bytes = Array(text.utf8)
  }

  /// What the note in a block says.
  static func making(in block: some Sequence<UInt8>) -> Making {
    let text = String(decoding: Array(block), as: UTF8.self)
    return Making.allCases.reversed().first { text.contains(note.dropLast() + $0.rawValue + ";") } ?? .nothing
  }
}

/// The bytes of a hook, with our block in them or not.
struct HookScript {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static let lineFeed = UInt8(ascii: "\n")

  /// What runs it: the program's name and its words, `sh -e`; nil if it has no `#!` line.
  var interpreter: String? {
    guard bytes.starts(with: "#!".utf8) else { return nil }
    let line = bytes.prefix { $0 != Self.lineFeed }.dropFirst(2)
    let words = String(decoding: line, as: UTF8.self).split(whereSeparator: { $0.isWhitespace })
    let programs = words.map { $0.split(separator: "/").last ?? $0 }
    guard let first = programs.first else { return "" }
    let name = first == "env" ? programs.dropFirst().first { !$0.hasPrefix("-") && !$0.contains("=") } : first
    return String(name ?? first)
  }

  /// True if its lines are read by a shell that understands ours. Git starts a hook without `#!` by `sh`.
  var isShell: Bool {
    let shells: Set = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"]
    guard let interpreter else { return !bytes.contains(0) && !bytes.starts(with: [0x7f]) }
    return shells.contains(interpreter)
  }

  /// True if the first line ends in a carriage return, which the system takes for a part of the program's name.
  var hasUnusableFirstLine: Bool {
    bytes.starts(with: "#!".utf8) && bytes.prefix { $0 != Self.lineFeed }.last == UInt8(ascii: "\r")
  }

  func mentions(_ text: String) -> Bool { String(decoding: bytes, as: UTF8.self).contains(text) }

  /// Where our block is, with the one line feed that came with it.
  private var place: Range<Int>? {
    var start: Int?
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: Self.lineFeed) ?? bytes.count
      let line = bytes[position..<end]
      if start == nil, line.starts(with: HookBlock.firstLine.utf8) { start = position }
      if let start, line.starts(with: HookBlock.lastLine.utf8) {
        if end < bytes.count { return start..<(end + 1) }
        // Behind a line that had no line feed, the block stands without one at its own end.
        return max(0, start - 1)..<end
      }
      position = end + 1
    }
    return nil
  }

  /// Our block, without the line feed that came with it; nil if there is none.
  var block: ArraySlice<UInt8>? {
    guard let place else { return nil }
    let raw = bytes[place]
    return raw.first == Self.lineFeed ? raw.dropFirst() : raw.last == Self.lineFeed ? raw.dropLast() : raw
  }

  /// The number in the first line of our block; nil if there is none.
  var version: Int? {
    block.flatMap { block in
      let line = String(decoding: block.prefix { $0 != Self.lineFeed }, as: UTF8.self)
      return Int(line.dropFirst(HookBlock.firstLine.count).prefix { $0.isNumber })
    }
  }

  /// With our block directly behind the `#!` line, where no `exec` or `exit` of the script comes before it, in the
  /// place of the one that is there.
  func adding(_ block: HookBlock) -> [UInt8] {
    let rest = removing()
    let own = block.bytes.last == Self.lineFeed ? Array(block.bytes.dropLast()) : block.bytes
    guard rest.starts(with: "#!".utf8) else { return own + [Self.lineFeed] + rest }
    guard let end = rest.firstIndex(of: Self.lineFeed) else { return rest + [Self.lineFeed] + own }
    return Array(rest[...end]) + own + [Self.lineFeed] + Array(rest[(end + 1)...])
  }

  /// Byte for byte what was there before our block.
  func removing() -> [UInt8] {
    guard let place else { return bytes }
    return Array(bytes[..<place.lowerBound]) + Array(bytes[place.upperBound...])
  }
}
