import Foundation
import TestSupport
import Testing

/// Real repositories in which git itself fires our hooks.
@Suite struct HookSuite {
  private func begin(_ more: String = "true") throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session init; git session start 'Try it' --quiet; \(more)")
    return terminal
  }

  private func commit(_ terminal: Terminal, _ name: String, in folder: String = ".") throws {
    let command =
      "cd \(folder) && echo \(name) >>\(name).txt && git add \(name).txt && git commit -qm \(name)"
    #expect(try terminal.run(command).errors == "")
  }

  /// The chain commits that the notes of a commit name.
  private func links(_ terminal: Terminal, _ revision: String = "HEAD") throws -> [String] {
    try terminal.output("git log -1 --format=%N --notes=sessions \(revision)").split(separator: "\n")
      .map { String($0.split(separator: " ").last ?? "") }
  }

  private func checkpoints(_ terminal: Terminal, in folder: String = ".") throws -> [String] {
    try terminal.output("cd \(folder) && git session log").split(separator: "\n").map(String.init)
  }

  private func expectSound(_ terminal: Terminal) throws {
    let doctor = try terminal.run("git session doctor")
    #expect(doctor.status == 0, "\(doctor.output)")
  }

  /// What is linked is told by the chains, whatever others have made of the notes.
  @Test(arguments: [
    "true", "git update-ref -d refs/notes/sessions",
    "git notes --ref=other add -f -m theirs HEAD && git update-ref refs/notes/sessions refs/notes/other",
  ])
  func aCommitOfAnotherSessionIsNotOurs(interference: String) throws {
    let terminal = try begin("git worktree add -q -b two ../two")
    try terminal.output("cd ../two && git session start Two --quiet")
    try commit(terminal, "two", in: "../two")
    let two = try terminal.output("git rev-parse two").dropLast()
    try terminal.output(interference)
    try terminal.output("git merge -q --no-ff -m Merged two")
    let own = try terminal.output("git session show --json")
    #expect(own.contains("Merged") && !own.contains(two))
    #expect(try terminal.output("git log -1 --format=%N --notes=sessions two").contains("SESSION-002"))
  }

  @Test func aCommitIsSavedAndLinked() throws {
    let terminal = try begin()
    try commit(terminal, "one")
    #expect(try checkpoints(terminal).first?.contains("commit  +1 -0  one") == true)
    #expect(try terminal.output("git session status").contains("All is saved."))
    let link = try links(terminal)
    #expect(link.count == 1)
    #expect(try terminal.output("git log -1 --format=%s \(link[0])") == "one\n")
    // Fired again, it changes nothing.
    let before = try terminal.output("git for-each-ref refs/sessions refs/notes")
    try terminal.output(".git/hooks/post-commit; .git/hooks/post-commit")
    #expect(try terminal.output("git for-each-ref refs/sessions refs/notes") == before)
    // Rewritten chains of notes say the same.
    try terminal.output("git update-ref -d refs/notes/sessions; git session doctor --fix")
    #expect(try links(terminal) == link)
    try expectSound(terminal)
  }

  @Test func whoeverCommittedItTheCommitIsLinked() throws {
    let terminal = try begin()
    try terminal.output("git -c user.email=eve@example.test commit -q --allow-empty -m 'By another'")
    #expect(try terminal.linkedCommits() == ["By another"])
  }

  @Test func withoutAnActiveSessionNothingHappens() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session init")
    try commit(terminal, "one")
    #expect(try terminal.run("git session show").status == 1)
    try terminal.output("git session start 'Try it' --quiet; git session pause --quiet")
    try commit(terminal, "two")
    #expect(try links(terminal) == [])
    try terminal.output("git session continue --quiet")
    try commit(terminal, "three")
    #expect(try links(terminal).count == 1)
    try terminal.output("git session complete --quiet")
    try commit(terminal, "four")
    #expect(try links(terminal) == [])
    try terminal.output("git session undo --quiet")
    try commit(terminal, "five")
    #expect(try links(terminal).count == 1)
  }

  @Test func withoutAnActiveSessionNoProgramIsStarted() throws {
    let terminal = try Terminal()
    try terminal.repository.write("../witness", "#!/bin/sh\ntouch \"$ROOT/started\"\n")
    try terminal.output(
      "project; git session init; chmod +x ../witness; sed -i \"s:'/.*/git-session':$ROOT/witness:\" .git/hooks/*-*"
    )
    try terminal.output("git worktree add -q ../linked; cd ../linked; git commit -q --amend -m Again")
    // What the lines need the shell has itself.
    for hook in ["post-commit", "post-rewrite", "post-checkout", "pre-push"] {
      let result = try terminal.run("PATH=; . .git/hooks/\(hook)")
      #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    }
    #expect(terminal.repository.read("../started") == nil)
    try terminal.output("git session start 'Try it' --quiet; git commit -q --amend -m Again")
    #expect(terminal.repository.read("../started") != nil)
  }

  @Test func amendAndRebaseKeepTheLinks() throws {
    let terminal = try begin()
    for name in ["one", "two", "three", "four"] { try commit(terminal, name) }
    let old = try links(terminal, "HEAD~2")
    try terminal.output("git commit -q --amend -m 'four again'")
    #expect(try terminal.linkedCommits() == ["one", "two", "three", "four again"])
    #expect(try links(terminal).count == 1)
    let editor = "GIT_SEQUENCE_EDITOR=\"sed -i '2s/pick/squash/;3s/pick/fixup/'\" GIT_EDITOR=:"
    let rebase = try terminal.run("\(editor) git rebase -q -i HEAD~4")
    #expect(rebase.status == 0, "\(rebase.errors)")
    #expect(try terminal.output("git log --format=%s -3") == "four again\none\nDeliver one event\n")
    #expect(try terminal.linkedCommits() == ["one", "four again"])
    #expect(try links(terminal).count == 1)
    #expect(try links(terminal, "HEAD~1").count == 1)
    // Of the commits in its place the latest checkpoint is named.
    #expect(try links(terminal, "HEAD~1") != old)
    #expect(
      try terminal.output("git cat-file commit \(links(terminal, "HEAD~1")[0])").contains(
        "Session-Checkpoint: 4"))
    // Neither the snapshots of a rebase nor lost links: the same after everything derived is gone.
    let notes = try terminal.output("git ls-tree -r refs/notes/sessions")
    try terminal.output(
      "git reflog expire --expire=now --all; git update-ref -d refs/notes/sessions; rm -rf .git/sessions; "
        + "git gc -q --prune=now; git session doctor --fix")
    #expect(try terminal.output("git ls-tree -r refs/notes/sessions") == notes)
    #expect(try terminal.linkedCommits() == ["one", "four again"])
    try expectSound(terminal)
  }

  @Test(arguments: ["pause", "complete"]) func linksFollowWhenTheSessionRests(_ change: String) throws {
    let terminal = try begin("git branch base")
    for name in ["one", "two"] { try commit(terminal, name) }
    try terminal.output("git session \(change) --quiet; git commit -q --amend -m 'two again'")
    #expect(try links(terminal).count == 1)
    let before = try checkpoints(terminal).count
    try terminal.output("git checkout -q base; git commit -q --allow-empty -m Other; git checkout -q main")
    try terminal.output("git rebase -q base")
    #expect(try terminal.linkedCommits().sorted() == ["one", "two again"])
    #expect(try links(terminal).count == 1 && links(terminal, "HEAD~1").count == 1)
    // The session rests all the same, and new commits are no concern of it.
    try commit(terminal, "three")
    #expect(try links(terminal) == [])
    #expect(try checkpoints(terminal).count == before)
    let state = change == "pause" ? "paused" : "completed"
    #expect(try terminal.output("git session list").contains(state))
    try expectSound(terminal)
  }

  @Test(arguments: ["--merge", "--apply"]) func aPlainRebaseKeepsTheLinks(backend: String) throws {
    let terminal = try begin("git branch base")
    for name in ["one", "two"] { try commit(terminal, name) }
    let saved = try checkpoints(terminal).count
    try terminal.output(
      "git checkout -q base; echo 1 >other.txt; git add .; git commit -qm Other; git checkout -q main")
    try terminal.output("git rebase -q \(backend) base")
    #expect(try terminal.linkedCommits().sorted() == ["Other", "one", "two"])
    #expect(try links(terminal).count == 1)
    #expect(try links(terminal, "HEAD~1").count == 1)
    #expect(try checkpoints(terminal).count == saved + 1, "a rebase takes no snapshots")
    try expectSound(terminal)
  }

  @Test func aConflictIsNoTroubleForLinks() throws {
    let terminal = try begin("git branch base")
    try terminal.output(
      "echo ours >f; git add f; git commit -qm ours; git checkout -q base; echo theirs >f; git add f; git commit -qm theirs; git checkout -q main"
    )
    #expect(try terminal.run("git rebase -q base").status == 1)
    try terminal.output("echo both >f; git add f; GIT_EDITOR=: git rebase --continue")
    #expect(try terminal.linkedCommits().sorted() == ["ours", "theirs"])
    #expect(try links(terminal).count == 1)
    try expectSound(terminal)
  }

  @Test func cherryPickAmAndSquashAreKnownByTheirPatch() throws {
    let terminal = try begin("git checkout -q -b topic")
    for name in ["one", "two", "three"] { try commit(terminal, name) }
    try terminal.output("git format-patch -q -o \"$ROOT/patches\" -1 topic~1; git checkout -q main")
    try commit(terminal, "base")
    try terminal.output("git cherry-pick topic~2 >/dev/null")
    func expectPair(_ new: String, _ old: [String]) throws {
      let id = String(try terminal.output("git rev-parse \(new)").dropLast())
      let said = try terminal.output("git session log --all --json").contains(
        "repeated as \(id.prefix(8))")
      #expect(said, "\(new)")
      // A record of its own, or the source's checkpoint.
      #expect(try links(terminal, new).count == 1)
      for name in old {
        let source = String(try terminal.output("git rev-parse \(name)").dropLast())
        #expect(
          try terminal.output("git session log --all --json").contains(
            "commit \(source.prefix(8)) repeated as \(id.prefix(8))"), "\(name)")
      }
    }
    try expectPair("HEAD", ["topic~2"])
    #expect(try links(terminal) == links(terminal, "topic~2"))
    try terminal.output("git am -q \"$ROOT\"/patches/*")
    try expectPair("HEAD", ["topic~1"])
    try terminal.output(
      "git checkout -q -b other main~2; git merge -q --squash topic; git commit -q -m Squashed")
    try expectPair("HEAD", ["topic", "topic~1", "topic~2"])
    // What looks different is not paired.
    let records = try terminal.output("git session log --all").split(separator: "\n").count
    try commit(terminal, "unrelated")
    #expect(try terminal.output("git session log --all").split(separator: "\n").count == records + 1)
    try expectSound(terminal)
  }

  @Test func aMergeIsLinkedAndAFastForwardSaved() throws {
    let terminal = try begin("git checkout -q -b topic")
    try commit(terminal, "one")
    try terminal.output("git checkout -q main")
    try commit(terminal, "two")
    try terminal.output("git merge -q --no-edit topic")
    #expect(try terminal.linkedCommits().contains("Merge branch 'topic'"))
    #expect(try links(terminal).count == 1)
    try terminal.output("git checkout -q topic; git merge -q main")
    #expect(try terminal.output("git session status").contains("All is saved."))
    try expectSound(terminal)
  }

  /// Programs that use a library in place of git fire no hooks.
  @Test func aCheckoutTellsWhatNoHookHasTold() throws {
    let terminal = try begin("git checkout -q -b topic")
    try terminal.output(
      "git update-ref HEAD $(git commit-tree -p HEAD -m Silent HEAD^{tree}); git checkout -q main")
    #expect(try terminal.linkedCommits() == ["Silent"])
    let before = try terminal.output("git for-each-ref refs/sessions")
    try terminal.output("git checkout -q topic; git checkout -q main")
    #expect(try terminal.output("git for-each-ref refs/sessions") == before)
  }

  @Test func eachWorkTreeHasItsOwnSession() throws {
    let terminal = try begin("git worktree add -q ../other -b other")
    try commit(terminal, "none", in: "../other")
    #expect(try links(terminal, "other") == [])
    try terminal.output("cd ../other && git session start Another --quiet")
    try commit(terminal, "there", in: "../other")
    try commit(terminal, "here")
    let line = try terminal.output("git log -1 --format=%N --notes=sessions other")
    #expect(line.contains("SESSION-002"))
    #expect(try terminal.output("git log -1 --format=%N --notes=sessions").contains("SESSION-001"))
    // What was made there and is taken over here belongs to both.
    try terminal.output("git cherry-pick other >/dev/null")
    let both = try terminal.output("git log -1 --format=%N --notes=sessions")
    #expect(both.contains("SESSION-001") && both.contains("SESSION-002"), "\(both)")
    try expectSound(terminal)
  }

  @Test func aSubmoduleHasHooksOfItsOwn() throws {
    let terminal = try begin("git clone -q . ../library")
    try terminal.output("git -c protocol.file.allow=always submodule --quiet add ../library lib")
    try terminal.output("cd lib && git session init && git session start Inside --quiet")
    try commit(terminal, "inside", in: "lib")
    #expect(try terminal.output("cd lib && git log -1 --format=%N --notes=sessions").contains("SESSION-001"))
  }
}

extension Terminal {
  /// The subjects of the commits that `show` lists.
  func linkedCommits() throws -> [String] {
    let lines: [String] = try output("git session show").split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: "Commits:") else { return [] }
    return lines[(start + 1)...].prefix { $0 != "Checkpoints:" }.map { String($0.dropFirst(12)) }
  }
}
