import Foundation
import Sessions
import Testing

@testable import Agents

/// The plug-ins in `share/agents` say the same as the program, and as each other. What repeats is made from one
/// source: `UPDATE_GOLDEN=1`, as share/generate sets it, writes it anew.
@Suite(.serialized) struct PluginFiles {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../share/agents").standardized

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// What stands between the lines of dashes at the beginning of a document, and what comes after it.
  private static func parts(_ path: String) throws -> (head: [String: String], body: String) {
    let parts = try text(path).split(separator: "---\n", maxSplits: 2, omittingEmptySubsequences: false)
    var head: [String: String] = [:]
    for line in parts[1].split(separator: "\n") {
      let words = line.split(separator: ":", maxSplits: 1)
      head[String(words[0])] = String(words[1].drop { $0 == " " })
    }
    return (head, String(parts[2].drop { $0 == "\n" }))
  }

  private static let skill = "claude-code/skills/git-session/SKILL.md"

  private static func made() throws -> [String: String] {
    var files: [String: String] = [:]
    for (name, path) in [("claude-code", "claude-code"), ("gemini", "gemini")] {
      files[path + "/hooks/hooks.json"] = String(decoding: try hooks(of: name), as: UTF8.self)
    }
    let (head, body) = try parts(skill)
    files["codex/git-session/SKILL.md"] = try text(skill)
    files["gemini/GEMINI.md"] = body
    files["AGENTS.md"] = body.replacing("# git session\n", with: "## git session\n")
    let description = try #require(head["description"])
    files["cursor/git-session.mdc"] =
      "---\ndescription: \(description)\nalwaysApply: false\n---\n\n" + body
    for command in ["handoff", "checkpoint"] {
      let (head, body) = try parts("claude-code/commands/\(command).md")
      let prompt = body.replacing("$ARGUMENTS", with: "{{args}}")
      files["gemini/commands/\(command).toml"] =
        "description = \"\(try #require(head["description"]))\"\nprompt = '''\n\(prompt)'''\n"
    }
    return files
  }

  /// As the settings of a project have them.
  private static func hooks(of name: String) throws -> [UInt8] {
    let agent = try #require(Agents.named(name))
    var settings = try agent.settings(in: nil)
    settings.connect(command: agent.command(program: nil))
    return settings.bytes
  }

  @Test func areThoseOfTheAdapters() throws {
    for (path, content) in try Self.made() {
      let file = Self.folder.appending(path: path)
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
      } else {
        #expect(try Self.text(path) == content, "\(path) is not what share/generate would write")
      }
    }
  }

  /// What is installed for a project is the plug-in as it is shipped.
  @Test func ofOpenCodeIsTheOneThatIsInstalled() throws {
    #expect(
      try Self.text("opencode/git-session.js")
        == String(decoding: try Self.hooks(of: "opencode"), as: UTF8.self))
  }

  @Test func nameOneVersion() throws {
    for path in ["claude-code/.claude-plugin/plugin.json", "gemini/gemini-extension.json"] {
      let manifest = try JSONValue(parsing: Array(try Self.text(path).utf8))
      #expect(manifest["name"] == .string("git-session"))
      #expect(manifest["version"] == .string("0.1.0"))
    }
  }
}
