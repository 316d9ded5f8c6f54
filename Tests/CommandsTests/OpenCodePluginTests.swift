import Foundation
import TestSupport
import Testing

/// The plug-in of OpenCode, in a stand-in for OpenCode. Runs only where node is: it is no part of what a build needs.
@Suite struct OpenCodePluginTests {
  @Test func aConversation() throws {
    let terminal = try Terminal()
    guard try terminal.run("command -v node").status == 0 else { return }
    try terminal.output("project; git session agent install opencode --quiet")
    let programs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs")
    let played = try terminal.output(
      """
      cp '\(programs.path)/play-opencode' ../play.mjs; cp ~/.config/opencode/plugins/git-session.js ../plugin.mjs
      node ../play.mjs ../plugin.mjs "$PWD"
      """)
    let handoff = "This work is kept by 'git session' as SESSION-001"
    #expect(
      played == """
        system prompt: nothing
        tool: nothing
        tool: git session: this context is 86 % full
        tool: nothing
        summary: \(handoff)
        system prompt: \(handoff)
        tool: nothing

        """)
    let log = try terminal.output("git session log | sed 's/  [0-9a-z ]* ago  / /; s/  */ /g'")
    #expect(
      log.split(separator: "\n") == [
        "* c5 turn +1 -0 Both are done.", "* c4 compaction +0 -0", "* c3 turn +1 -0 The loop is written.",
        "* c2 threshold +2 -0 86 % of the context of OpenCode", "* c1 start +0 -0 Retry failed deliveries",
      ])
    let kept = try terminal.output("git session runs --transcript ses_1")
    for text in ["Retry failed deliveries", "The loop is written.", "Go on", "Both are done."] {
      #expect(kept.components(separatedBy: #""text": "\#(text)""#).count == 2, "\(text) in \(kept)")
    }
  }

  /// OpenCode goes on as without it.
  @Test func withoutThisProgramNothingHappens() throws {
    let terminal = try Terminal()
    guard try terminal.run("command -v node").status == 0 else { return }
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let played = try terminal.output(
      """
      project; cp '\(folder.path)/Programs/play-opencode' ../play.mjs
      cp '\(folder.path)/../../share/agents/opencode/git-session.js' ../plugin.mjs
      node=$(command -v node); mkdir ../bin; ln -s /bin/sh ../bin/sh; PATH="$PWD/../bin" "$node" ../play.mjs ../plugin.mjs "$PWD"
      """)
    #expect(played.split(separator: "\n").allSatisfy { $0.hasSuffix(": nothing") }, "\(played)")
  }
}
