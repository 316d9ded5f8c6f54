/// Values in the middle of a sentence or of a command: `use my password: hunter2hunter2 for staging`.
extension SecretAssignment {
  func isTold(_ value: SecretValue, until end: Int, _ separator: Separator) -> Bool {
    if separator == .equals, isLineValue(value), before.isArgumentOfCommand || isBeforeCommand(end) {
      return true
    }
    guard name.family == .password, !isOfProgram(until: end, separator) else { return false }
    return value.withoutStop.isChosenWord
      || before.isMine && isLineValue(value) && !value.hasTerm && !value.isPath
  }

  /// Words that go on with an expression or a sentence.
  private static let joining: Set<String> = [
    "if", "else", "or", "and", "for", "in", "is", "as", "not", "unless", "instanceof",
  ]
  private static let opening = ByteClass.letters.union(ByteClass("./"))

  /// `db_password=… ./run`
  private func isBeforeCommand(_ end: Int) -> Bool {
    let start = text.skip(Self.blank, from: end, atMost: 8)
    guard start > end, Self.opening.contains(text[start]), before.beginsCommand else { return false }
    let word = text.meaning(start..<text.skip(.name, from: start, atMost: 32))
    return !Self.joining.contains(String(decoding: word, as: UTF8.self))
  }

  /// An argument, an element or a statement, where a value without quotes is a name.
  private func isOfProgram(until end: Int, _ separator: Separator) -> Bool {
    if separator == .equals, before.isElement { return true }
    switch text[end] {
    case UInt8(ascii: ";"): return endsLine(end + 1)
    case UInt8(ascii: ","), UInt8(ascii: ")"): return before.beginsLine && endsLine(end + 1)
    default: return false
    }
  }
}
