import Foundation
import TestSupport

/// A document whose commands are run: prose, and indented after it each command with all that it wrote.
///
///     Prose stands at the margin.
///
///       $ printf 'one\n'; echo two >&2; false
///       one
///       ! two
///       [exit 1]
///
/// A command goes on in lines that start with `>`. Lines with `!` were written to standard error.
struct Transcript {
  enum Block: Equatable {
    case prose([String])
    /// The lines of a command.
    case command([String])
  }

  let blocks: [Block]

  /// Reads what is to be run; what came out of it the last time is passed over.
  init(parsing text: String) {
    var blocks: [Block] = []
    var isBroken = true
    var isCommand = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("  $ ") {
        blocks.append(.command([String(line.dropFirst(4))]))
      } else if isCommand, line.hasPrefix("  > "), case .command(let lines) = blocks.last {
        blocks[blocks.count - 1] = .command(lines + [String(line.dropFirst(4))])
      } else if !line.isEmpty && !line.hasPrefix("  ") {
        if case .prose(let lines) = blocks.last, !isBroken {
          blocks[blocks.count - 1] = .prose(lines + [line])
        } else {
          blocks.append(.prose([line]))
        }
      }
      isBroken = line.isEmpty
      isCommand = line.hasPrefix("  $ ") || isCommand && line.hasPrefix("  > ")
    }
    self.blocks = blocks
  }

  /// Runs the commands and writes the document anew.
  func run(in terminal: Terminal) throws -> String {
    var text = ""
    for (index, block) in blocks.enumerated() {
      switch block {
      case .prose(let lines): text += lines.joined(separator: "\n") + "\n\n"
      case .command(let lines):
        let result = try terminal.run(lines.joined(separator: "\n"))
        let outcome = Self.lines(of: result).map(terminal.neutral)
        let commands = lines.enumerated().map { ($0.offset == 0 ? "$ " : "> ") + $0.element }
        text += (commands + outcome).map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
        // Commands that have nothing to say stand together.
        if !outcome.isEmpty || !isCommand(index + 1) { text += "\n" }
      }
    }
    return text.trimmingCharacters(in: .newlines) + "\n"
  }

  private func isCommand(_ index: Int) -> Bool {
    guard blocks.indices.contains(index), case .command = blocks[index] else { return false }
    return true
  }

  private static func lines(of result: Program.Result) -> [String] {
    lines(of: result.output).map { $0 }
      + lines(of: result.errors).map { $0.isEmpty ? "!" : "! " + $0 }
      + (result.status == 0 ? [] : ["[exit \(result.status)]"])
  }

  private static func lines(of text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    let isWhole = text.hasSuffix("\n")
    let lines = (isWhole ? text.dropLast() : text[...]).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.map(String.init) + (isWhole ? [] : ["[no line feed at the end]"])
  }
}
