import Foundation
import TestSupport
import Testing

/// A real project, which is this one with what is here of its history, under a day's work with git.
///
/// `GIT_SESSION_TEST_COMMITS=500` makes the day longer than the 50 commits that it has otherwise,
/// `GIT_SESSION_TEST_PROJECT` names another project with a README.md and Swift files below Sources.
@Suite struct ProjectSuite {
  private static let project =
    ProcessInfo.processInfo.environment["GIT_SESSION_TEST_PROJECT"]
    ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

  private static let commits =
    ProcessInfo.processInfo.environment["GIT_SESSION_TEST_COMMITS"].flatMap { Int($0) } ?? 50

  /// The files of the project, and its history if it has one here.
  private static let begin = """
    set -e
    if ! git pull --quiet --update-shallow '\(project)' HEAD 2>/dev/null; then
      (cd '\(project)' && tar -cf - README.md Package.swift Sources Tests share hooks) | tar -xf -
      git add --all; git commit --quiet -m 'As it is'
    fi
    git tag start; git init --quiet --bare ../hub.git; git remote add origin ../hub.git
    git push --quiet origin main
    """

  /// One commit after the other to files all over the project; some add files, some remove them again.
  private static let day = """
    set -e
    git ls-files 'Sources/*.swift' >../names
    for i in $(seq \(commits)); do
      file=$(sed -n "$((i * 7 % $(wc -l <../names) + 1))p" ../names)
      echo "// Edit $i" >>"$file"; git add "$file"
      case $i in
        *3) echo $i >"new $i.txt"; git add . ;;
        *7) git rm --quiet "new $((i - 4)).txt" ;;
      esac
      git commit --quiet -m "Edit $i"
    done
    """

  /// The ways in which commits become others.
  private static let rewriting = """
    set -e; export GIT_EDITOR=:
    echo again >>README.md; git commit --quiet --all --amend -m 'Edit last, again'
    GIT_SEQUENCE_EDITOR="sed -i '2s/pick/squash/; 4s/pick/fixup/; 6s/pick/edit/'" git rebase --quiet -i HEAD~9 >/dev/null 2>&1
    echo stop >stop.txt; git add stop.txt; git commit --quiet --amend --no-edit; git rebase --continue >/dev/null 2>&1
    git checkout --quiet -b topic start
    for i in 1 2 3; do echo $i >topic-$i.txt; git add .; git commit --quiet -m "Topic $i"; done
    git format-patch --quiet -o ../patches -1 topic~1; git checkout --quiet main
    git cherry-pick topic~2 >/dev/null; git am --quiet ../patches/*
    git merge --quiet --squash topic >/dev/null; git commit --quiet -m 'Topic, squashed'
    git worktree add --quiet -b other ../linked start
    (cd ../linked; git session start 'In another work tree' --quiet
     for i in 1 2; do echo $i >linked-$i.txt; git add .; git commit --quiet -m "Linked $i"; done)
    git cherry-pick other >/dev/null
    """

  @Test(.timeLimit(.minutes(10))) func allIsThereAndTheLinksFollow() throws {
    let terminal = try Terminal()
    try terminal.output(Self.begin)
    try terminal.output("git session init && git session start 'A day of work' --quiet")
    try Self.edit(terminal)
    try terminal.output(Self.rewriting)
    try Self.goOnElsewhere(terminal)

    let unlinked = """
      for id in $(git rev-list start..main); do
        git notes --ref=sessions show $id | grep -q SESSION-001 || git log -1 --format=%s $id
      done
      """
    #expect(try terminal.output(unlinked) == "", "each commit names the session")
    #expect(try terminal.output("git log -1 --format=%N --notes=sessions main~1").contains("SESSION-002"))
    #expect(try terminal.linkedCommits().filter { $0.hasPrefix("Edit") }.count == Self.commits - 2)
    let before = try Self.told(terminal)
    let notes = try terminal.output("git ls-tree -r refs/notes/sessions")
    let trees = try Self.trees(terminal)

    try terminal.output(
      """
      set -e; git reflog expire --expire=now --all; rm -rf .git/sessions; git update-ref -d refs/notes/sessions
      git branch -q -D topic; git gc --quiet --prune=now; git fsck --strict --no-dangling
      """)
    #expect(try Self.told(terminal) == before)
    try terminal.output("git session doctor --fix")
    #expect(try terminal.output("git ls-tree -r refs/notes/sessions") == notes)
    #expect(try Self.trees(terminal) == trees)
    if Server.hasPython { try terminal.expectReadAlike() }
    // Any of them can be gone back to.
    try terminal.output("git session restore c20 --quiet; git session undo --quiet; git diff --quiet HEAD")
  }

  /// The commits, and beside them work that none of them holds.
  private static func edit(_ terminal: Terminal) throws {
    try terminal.output(day)
    #expect(try terminal.output("git session log").split(separator: "\n").count == commits + 1)
    #expect(try terminal.linkedCommits().count == commits)
    try terminal.output("echo mine >mine.txt; git session checkpoint --quiet")
    let tip = "$(git for-each-ref --format='%(refname)' refs/sessions)"
    #expect(try terminal.output("git diff --name-only HEAD \(tip); rm mine.txt") == "mine.txt\n")
  }

  /// What was begun here goes on in a second clone, and comes back.
  private static func goOnElsewhere(_ terminal: Terminal) throws {
    try terminal.output(
      "git push --quiet origin main; git session checkpoint --quiet; git session push --yes --quiet")
    try terminal.output(
      """
      set -e; git clone --quiet "file://$ROOT/hub.git" ../clone; cd ../clone; git session init
      git session resume 1 --from origin --quiet; test "$(git rev-parse main)" = "$(git -C ../work rev-parse main)"
      echo there >there.txt; git add there.txt; git commit --quiet -m 'From the clone'
      git push --quiet origin main; git session push --yes --quiet
      """)
    try terminal.output("git session fetch --quiet; git pull --quiet --ff-only origin main")
    #expect(try terminal.linkedCommits().contains("From the clone"))
    try terminal.output("git session push --quiet")
    if Server.hasPython {
      let server = try Server.http(terminal, credentials: "ada:secret")
      let helper = "'!echo username=ada; echo password=secret; :'"
      try terminal.output("git config --global credential.helper \(helper)")
      try expectAlike(terminal, "http://127.0.0.1:\(server.port)/hub.git")
      withExtendedLifetime(server) {}
    }
    if Server.hasSSH {
      let server = try Server.ssh(terminal)
      try expectAlike(terminal, "box:\(terminal.repository.root)/hub.git")
      withExtendedLifetime(server) {}
    }
  }

  /// Whoever fetches from there finds the same.
  private static func expectAlike(_ terminal: Terminal, _ url: String) throws {
    try terminal.output("git clone --quiet '\(url)' ../reader; cd ../reader; git session fetch --quiet")
    let show = "GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z git session show 1 --json"
    #expect(try terminal.output("cd ../reader; \(show)") == terminal.output(show))
    try terminal.output("rm -rf ../reader")
  }

  /// All that the sessions say, at a fixed time.
  private static func told(_ terminal: Terminal) throws -> String {
    let clock = "GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z"
    return try ["list --json", "show 1 --json", "show 2 --json", "log 1 --all --json", "log 2 --all --json"]
      .map {
        try terminal.output("\(clock) git session \($0)")
      }.joined()
  }

  /// Every file of every state that was saved.
  private static func trees(_ terminal: Terminal) throws -> String {
    try terminal.output(
      "for id in $(git rev-list --first-parent --glob='refs/sessions/*'); do git ls-tree -r $id; done | git hash-object --stdin"
    )
  }
}
