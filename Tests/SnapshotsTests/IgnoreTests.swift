import Foundation
import Git
import TestSupport
import Testing

@testable import Snapshots

/// What is ignored must be what git ignores.
@Suite struct Ignoring {
  /// Patterns and names of few letters, so that they meet often.
  private struct Generator {
    var random: Random

    mutating func pattern() -> String {
      let parts = [
        "a", "b", "c", "ab", "*", "*", "**", "?", "/", "/", "[ab]", "[!a]", "[^b-c]", "[[:alpha:]]", "[a-",
        "\\a", "\\*",
        "\\", ".", " ", "[]a]", "[a\\]]", "**/", "/**", "é",
      ]
      var text = (0...Int.random(in: 0...4, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }
      .joined()
      if Int.random(in: 0..<5, using: &random) == 0 { text = "!" + text }
      if Int.random(in: 0..<5, using: &random) == 0 { text += "/" }
      if Int.random(in: 0..<12, using: &random) == 0 { text += "  " }
      if Int.random(in: 0..<12, using: &random) == 0 { text += "\r" }
      if Int.random(in: 0..<20, using: &random) == 0 { text = "#" + text }
      return text
    }

    mutating func content() -> String {
      (0..<Int.random(in: 1...5, using: &random)).map { _ in pattern() }.joined(separator: "\n")
        + (Bool.random(using: &random) ? "\n" : "")
    }

    mutating func path() -> String {
      let names = ["a", "b", "c", "ab", "abc", "a.b", "*", "a a", "é", "d"]
      return (0..<Int.random(in: 1...4, using: &random)).map { _ in names.randomElement(using: &random) ?? "a"
      }
      .joined(separator: "/")
    }
  }

  @Test(arguments: 0..<150) func agreesWithGit(seed: Int) throws {
    let lab = try Lab()
    var generator = Generator(random: Random(seed))
    for _ in 0..<12 {
      let path = generator.path()
      // What is a folder for one path may be a file for another; the first one stays.
      if lab.scratch.read(path) == nil { try? lab.scratch.write(path, "x") }
    }
    var content = [".gitignore": generator.content(), "a/.gitignore": generator.content()]
    if seed % 3 == 0 { content["a/b/.gitignore"] = generator.content() }
    for (name, text) in content { try? lab.scratch.write(name, text) }
    try lab.scratch.write(".git/info/exclude", generator.content())
    try lab.scratch.write("../home/.config/git/ignore", generator.content())

    let repository = try lab.scratch.open()
    let settings = WorkTreeSettings(try repository.configuration(), of: repository)
    let lookup = try IgnoreLookup(lab.scratch.path, settings)
    let others = try lab.scratch.git("ls-files", "--others", "-z").split(separator: "\0").map(String.init)
    let kept = Set(
      try lab.scratch.git("ls-files", "--others", "--exclude-standard", "-z").split(separator: "\0").map(
        String.init))
    for path in others {
      let ignores = lookup.ignores(RepositoryPath(path.utf8), isFolder: false)
      #expect(ignores == !kept.contains(path), "seed \(seed): \(path) with \(content)")
    }
  }

  @Test func aPatternWithManyStarsTakesNoTime() {
    let pattern = Array((String(repeating: "a*", count: 30) + "b").utf8)
    let text = Array(String(repeating: "a", count: 200).utf8)
    let matches = pattern.withUnsafeBufferPointer { pattern in
      text.withUnsafeBufferPointer { Glob.matches(pattern, $0, isPath: true) }
    }
    #expect(!matches)
  }
}
