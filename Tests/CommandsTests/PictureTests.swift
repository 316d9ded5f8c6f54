import Foundation
import TestSupport
import Testing

/// The picture in the README shows what the program prints today.
@Suite struct PictureSuite {
  private static let share = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../share").standardized

  @Test func itIsTrue() throws {
    let made = try Terminal().output("'\(Self.share.path)/picture'")
    let file = Self.share.appending(path: "doc/session.svg")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      return try Data(made.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == made, "share/generate makes it anew")
  }
}
