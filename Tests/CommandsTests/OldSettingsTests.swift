import Foundation
import TestSupport
import Testing

/// Settings that were there before come back byte for byte, whatever their shape, or are not touched at all.
@Suite struct OldSettingsTests {
  private static let shapes = [
    "{}", "{ }", "{\n}\n", "{\n\n}\r\n", "{\"a\":1}", "{\r\n\t\"a\": 1\r\n}", "\u{feff}{\n  \"a\": 1\n}\n",
    "{\"version\":1}", "{\n    \"version\": 1,\n    \"hooks\": {}\n}", "{\"version\": 1, \"hooks\": { }, }",
    "// mine\n{\n  // a remark\n  \"a\": [1, 2,], /* { */\n}\n",
    #"{"version":1,"hooks":{"Stop":[],"stop":[],"SessionStart":[{"hooks":[]}],"AfterTool":[{"matcher":"x"}]}}"#,
    #"{"hooks":{"Stop":[{"matcher":"*","hooks":[{"type":"http","url":"git-session hook codex"}]}]}}"#,
    #"{ "hooks" : { "PostToolUse" : [ {"hooks" : [ {"type":"command", "command":"say \"done\"" } ] } ] , "x" : [ 1 ] } }"#,
    "{\"a\": \"\\ud83d\\ude00 ü \\u00fc\",\n\t  \"b\" :\t{ } }   ",
    "", "\n", " \r\n\t",
    // Not understood.
    "[]", "{\"a\":1,\"a\":2}", "{\"a\":", "{\"hooks\":[]}", "nonsense", "{\"a\":1}{}",
    "{\"version\":[]",
  ]

  private static let files = [
    "claude-code": ".claude/settings.json", "codex": ".codex/hooks.json", "gemini": ".gemini/settings.json",
    "cursor": ".cursor/hooks.json", "copilot": ".github/hooks/git-session.json",
  ]

  @Test func comeBackOrAreLeftAlone() throws {
    let terminal = try Terminal()
    try terminal.output("project; mkdir ../shapes")
    for (number, shape) in Self.shapes.enumerated() {
      let path = terminal.repository.root + "/shapes/\(number)"
      try Data(shape.utf8).write(to: URL(filePath: path))
    }
    for (agent, file) in Self.files.sorted(by: { $0.key < $1.key }) {
      let words = try terminal.output(
        """
        mkdir -p $(dirname \(file))
        for shape in ../shapes/*; do
          cp $shape \(file); echo "$(basename $shape) $(git session agent install \(agent) --project 2>&1 | head -n 1)"
          if cmp -s $shape \(file); then
            git session agent uninstall \(agent) --project >/dev/null 2>&1 && echo "$(basename $shape) should fail"
          else
            git session agent uninstall \(agent) --project
          fi
          cmp $shape \(file); test "$(ls -A $(dirname \(file)))" = "$(basename \(file))" || ls -A $(dirname \(file))
        done
        """)
      let lines = words.split(separator: "\n")
      let refused = lines.filter { $0.contains("cannot be used: it") }
      #expect(lines.count == refused.count + 2 * (Self.shapes.count - refused.count), "\(agent): \(words)")
      #expect(lines.allSatisfy { !$0.contains("differ") }, "\(agent): \(words)")
      #expect(refused.count == 7, "\(agent): \(refused)")
    }
  }

  /// An older version of our hooks is a change like one of the user's.
  @Test(arguments: ["claude-code", "codex", "cursor"]) func anEmptyFileThatOthersFillComesBack(agent: String)
    throws
  {
    let terminal = try Terminal()
    let file = try #require(Self.files[agent])
    let empty = "$(stat -c %s \(file)) $(ls -A $(dirname \(file)))"
    let output = try terminal.output(
      """
      project; mkdir -p $(dirname \(file)); : >\(file)
      git session agent install \(agent) --project --quiet; sed -i 's/hook \(agent)/ hook \(agent)/' \(file)
      git session agent uninstall \(agent) --project --quiet; echo "\(empty)"
      rm \(file)
      git session agent install \(agent) --project --quiet; sed -i 's/hook \(agent)/ hook \(agent)/' \(file)
      git session agent uninstall \(agent) --project --quiet; ls -d \(file) 2>/dev/null || echo gone
      """)
    #expect(output == "0 \(file.split(separator: "/").last ?? "")\ngone\n")
  }

  @Test(arguments: ["home", "bare.git"]) func theUsersOwnNeedNoRepository(place: String) throws {
    let terminal = try Terminal()
    try terminal.output("git init --quiet --bare ../bare.git; cp -r ../home ../before")
    func agent(_ words: String) throws -> Program.Result {
      try terminal.run("cd ../\(place); git session agent \(words)")
    }
    let file = "\(terminal.repository.root)/home/.claude/settings.json"
    #expect(try agent("install claude-code").output == "installed  claude-code (user)  \(file)\n")
    #expect(try agent("install claude-code --user").output == "present    claude-code (user)  \(file)\n")
    #expect(try agent("status claude-code --user").output == "present    claude-code (user)  \(file)\n")
    #expect(try agent("status --user --json").output.contains("\"state\" : \"present\""))
    #expect(try agent("status claude-code").output == "present    claude-code (user)  \(file)\n")
    for words in ["uninstall claude-code --project", "install claude-code --project", "status --local"] {
      let result = try agent(words)
      #expect(result.status == 128 && result.output.isEmpty, "\(words): \(result)")
      let sentence = place == "home" ? "not a git repository" : "must be run in a work tree"
      #expect(result.errors.contains(sentence), "\(words): \(result)")
    }
    #expect(try agent("uninstall").output.contains("removed    claude-code (user)  \(file)\n"))
    #expect(try terminal.output("diff -r ../home ../before") == "")
  }

  @Test func coloursOutsideOfARepositoryAreTheUsersToo() throws {
    let terminal = try Terminal()
    let command = "cd ..; git session agent status codex --user"
    #expect(try !terminal.output(command).contains("\u{1b}"))
    try terminal.output("git session agent install codex --quiet; git config --global color.ui always")
    #expect(try terminal.output(command).contains("\u{1b}[32mpresent"))
  }

  @Test(arguments: ["", "--user"]) func nobodyKnowsWhereTheyLieWithoutAHome(scope: String) throws {
    let terminal = try Terminal()
    try terminal.output("project")
    let result = try terminal.run("env -u HOME git-session agent install claude-code \(scope)")
    #expect(result.status == 128)
    #expect(result.errors.contains("HOME is not set"), "\(result.errors)")
  }
}
