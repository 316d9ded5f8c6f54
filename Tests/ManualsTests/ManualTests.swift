import Commands
import Foundation
import Manuals
import TestSupport
import Testing

/// The manual pages in `share/man` are those that the program's own texts make. `UPDATE_GOLDEN=1`, as share/generate
/// sets it, writes them anew.
@Suite(.serialized) struct ManualTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../share/man/man1"
  )
  .standardized

  @Test func pagesAreThoseOfTheCommandTree() throws {
    let pages = try Manual(CommandTree()).pages
    let written = Set(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      for name in written.subtracting(pages.keys) {
        try FileManager.default.removeItem(at: Self.folder.appending(path: name))
      }
      for (name, page) in pages { try Data(page.utf8).write(to: Self.folder.appending(path: name)) }
      return
    }
    #expect(written == Set(pages.keys), "share/generate writes them anew")
    for name in written.intersection(pages.keys).sorted() {
      let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
      #expect(text == pages[name], "\(name) is not what share/generate would write")
    }
  }

  @Test func everyVerbAndEveryOptionHasItsPlace() throws {
    let tree = try CommandTree()
    let pages = Manual(tree).pages
    for verb in tree.root.verbs {
      let page = try #require(pages["git-session-\(verb.commandName).1"])
      #expect(page.contains(".Nm git session \(verb.commandName)\n"))
      #expect(pages["git-session.1"]?.contains(".It Xr git\\-session\\-\(verb.commandName) 1\n") == true)
      for spelling in verb.options.flatMap(\.spellings) {
        #expect(page.contains("Fl \(spelling.dropFirst().replacing("-", with: "\\-"))"), "\(spelling)")
      }
    }
  }

  /// Runs only where mandoc is: it is no part of what a build needs.
  @Test func mandocFindsNothingWrong() throws {
    let environment = ProcessInfo.processInfo.environment
    guard try Program.run("sh", ["-c", "command -v mandoc"], environment: environment).status == 0 else {
      return
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    // Cross-references are looked for on the machine, where our pages need not be installed.
    let result = try Program.run(
      "mandoc", ["-T", "lint", "-W", "warning"] + names, environment: environment, in: Self.folder.path)
    #expect(result.output + result.errors == "")
  }
}
