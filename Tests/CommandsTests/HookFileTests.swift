import Foundation
import TestSupport
import Testing

/// Hooks of the user with our lines in them.
@Suite struct HookFileSuite {
  /// Hooks that note what they were given.
  static let scripts = [
    "#!/bin/sh\necho \"$@\" >>$ROOT/log\ncat >>$ROOT/log\n",
    "#!/bin/sh\ncat >>$ROOT/log; echo end >>$ROOT/log",
    "cat >>$ROOT/log\nexit 3\n", "#!/bin/sh -eu\nexec cat >>$ROOT/log",
    "#!/usr/bin/env bash\nset -euo pipefail\ncat >>$ROOT/log\n",
    "#! /bin/sh\n\n\n# comment\ncat >>$ROOT/log # \r\n",
    "#!/bin/sh\n\nif read -r old new; then echo \"$old\" >>$ROOT/log; fi\n\n\n",
    "#!/bin/sh", "", "\n", "#!/bin/sh\n", "# >>> git-session of another kind\ncat >>$ROOT/log\n",
  ]

  @Test(arguments: scripts) func theUsersHookRunsAsBeforeAndIsGivenBack(script: String) throws {
    let logs = try [false, true].map { installs -> String in
      let terminal = try Terminal()
      try terminal.output("project; mkdir -p .git/hooks; rm -f .git/hooks/*")
      terminal.repository.put(".git/hooks/post-rewrite", .file(script, executable: true))
      try terminal.output("chmod 751 .git/hooks/post-rewrite; cp -Rp .git/hooks ../saved")
      if installs {
        try terminal.output("git session init; git session init --check; git session start 'Try it' --quiet")
      }
      try terminal.output("git commit -q --amend -m Again; git commit -q --amend -m Once")
      if installs {
        let old = terminal.repository.bytes(".git/hooks/post-rewrite")
        try terminal.output("git session init")
        #expect(terminal.repository.bytes(".git/hooks/post-rewrite") == old)
        try terminal.output("git session init --remove; diff -r ../saved .git/hooks")
        #expect(try terminal.output("stat -c %a .git/hooks/post-rewrite") == "751\n")
      }
      // The ids differ, since times do.
      let log = terminal.repository.read("../log") ?? ""
      return log.replacing(/[0-9a-f]{40}/, with: "id")
    }
    #expect(logs[0] == logs[1])
  }

  @Test func linksAreFollowedInsideOfTheGitDirAlone() throws {
    let terminal = try Terminal()
    try terminal.output(
      "project; cd .git/hooks; printf '#!/bin/sh\\n' >all; chmod +x all; ln -s all post-commit; "
        + "printf '#!/bin/sh\\n' >../../hook.sh; chmod +x ../../hook.sh; ln -s ../../hook.sh post-merge")
    let report = try terminal.run("git session init")
    #expect(report.status == 1)
    #expect(report.output.contains("manual     post-merge: it is a link that leads elsewhere"))
    #expect(
      try terminal.output("readlink .git/hooks/post-commit; grep -c '>>> git-session' .git/hooks/all")
        == "all\n1\n"
    )
    #expect(
      try terminal.output("git session init --remove >/dev/null; cat .git/hooks/all hook.sh")
        == "#!/bin/sh\n#!/bin/sh\n")
  }

  /// The way by which the program was found is recorded, not the place where it lies in the end.
  @Test func theProgramMayMoveBehindALink() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; mkdir -p "../it's here" ../bin; cp "$(command -v git-session)" "../it's here/"
      ln -s "../it's here/git-session" ../bin/git-session
      """)
    let path = "PATH=\"$ROOT/bin:$PATH\""
    try terminal.output("\(path) git session init; \(path) git session start 'Try it' --quiet")
    #expect(try terminal.output("grep -c \"'$ROOT/bin/git-session'\" .git/hooks/post-commit") == "1\n")
    try terminal.output("mv \"../it's here\" ../there; ln -sf ../there/git-session ../bin/git-session")
    try terminal.output("PATH=/usr/bin:/bin; git commit -q --allow-empty -m One")
    #expect(try terminal.linkedCommits() == ["One"])
    // From elsewhere it is another program, whose place `init` records.
    let check = try terminal.run("\"$ROOT/there/git-session\" init --check")
    #expect(check.status == 1 && check.output.contains("outdated   post-commit\n"))
    try terminal.output("cd ../there && ./git-session -C ../work init && rm ../bin/git-session")
    try terminal.output("PATH=/usr/bin:/bin; git commit -q --allow-empty -m Two")
    #expect(try terminal.linkedCommits() == ["One", "Two"])
  }

  @Test func whatIsToBeDoneByHandCounts() throws {
    let terminal = try Terminal()
    try terminal.output("project; git config core.hooksPath \"$ROOT/hooks\"; mkdir ../hooks")
    let report = try terminal.run("git session init")
    // As a user would: the lines that stand below a hook's name go into the file that the line names.
    for line in report.output.split(separator: "\n") where line.contains("add this to ") {
      let file = line.split(separator: " ").last.map(String.init) ?? ""
      let hook = file.split(separator: "/").last.map(String.init) ?? ""
      let call = report.output.split(separator: "\n").first { $0.contains("hook \(hook) ") } ?? ""
      terminal.repository.put(
        "../hooks/\(hook)", .file("#!/bin/sh\n\(call.drop { $0 == " " })\n", executable: true))
    }
    try terminal.output("git session init --check; git session start 'Try it' --quiet")
    try terminal.output("git commit -q --allow-empty -m One; git commit -q --amend --allow-empty -m Two")
    #expect(try terminal.linkedCommits() == ["Two"])
  }
}

/// Hooks that cannot do what they should.
@Suite struct HookTroubleSuite {
  private func begin() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session init; git session start 'Try it' --quiet")
    return terminal
  }

  private let commit = "git commit --quiet --allow-empty -m Made"

  @Test func aMissingProgramIsSilent() throws {
    let terminal = try begin()
    try terminal.output("sed -i \"s:'/.*/git-session':/nowhere/git-session:\" .git/hooks/post-*")
    let hidden = try terminal.run("PATH=/usr/bin:/bin; \(commit)")
    #expect(hidden.status == 0 && hidden.errors == "" && hidden.output == "")
    // The PATH is tried too.
    try terminal.output(commit)
    #expect(try terminal.output("git session log -n 1").contains("commit"))
    // And the recorded place where the PATH is short.
    let other = try begin()
    try other.output("PATH=/usr/bin:/bin; \(commit)")
    #expect(try other.output("git session log -n 1").contains("commit"))
  }

  @Test func troubleIsToldOnceADay() throws {
    let terminal = try begin()
    try terminal.output("chmod -w .git/sessions; git config session.maxUntrackedSize big")
    let first = try terminal.run(commit)
    #expect(first.status == 0)
    if geteuid() != 0 { #expect(first.errors == "", "what cannot be noted is not said") }
    try terminal.output("chmod +w .git/sessions; rm -f .git/sessions/hook-failed")
    let second = try terminal.run(commit)
    #expect(
      second.errors.hasPrefix("git-session: post-commit: 'big' is no value for session.maxUntrackedSize"))
    #expect(second.errors.split(separator: "\n").count == 1)
    #expect(try terminal.run(commit).errors == "")
    #expect(try terminal.run("\(commit); touch -d 2026-01-03 .git/sessions/hook-failed").errors == "")
    #expect(try terminal.run(commit).errors != "")
    // Nothing is lost by it: the next one that can tells of all.
    try terminal.output("git config --unset session.maxUntrackedSize; \(commit)")
    #expect(try terminal.linkedCommits().count == 6)
  }

  @Test func aLockedReferenceIsGoneRound() throws {
    let terminal = try begin()
    try terminal.output(
      "touch .git/$(git for-each-ref --format='%(refname)' refs/sessions).lock .git/refs/notes/sessions.lock")
    let result = try terminal.run(commit)
    #expect(result.status == 0)
    #expect(try terminal.linkedCommits() == ["Made"])
    #expect(try terminal.output("git for-each-ref refs/sessions").split(separator: "\n").count == 2)
  }

  /// A filter that never ends holds up the commit for a few seconds, once, and costs the checkpoint, not the link.
  @Test(.timeLimit(.minutes(2))) func whatTakesTooLongIsStopped() throws {
    let terminal = try begin()
    try terminal.output(
      "echo '*.slow filter=slow' >.gitattributes; git add .; git commit -q -m Attributes; echo 1 >a.slow")
    try terminal.output("git config filter.slow.clean 'sleep 20; cat'")
    let first = try terminal.run("\(commit)")
    #expect(first.status == 0)
    #expect(first.errors.hasPrefix("git-session: post-commit: stopped after 5 seconds"))
    #expect(try terminal.run(commit).errors == "")
    #expect(try terminal.linkedCommits() == ["Attributes", "Made", "Made"])
    try terminal.output(
      "git config --unset filter.slow.clean; touch -d 2026-01-03 .git/session/hook-slow; \(commit)")
    #expect(try terminal.output("git session status").contains("All is saved."))
  }

  @Test func theGuardAgainstRecursionHolds() throws {
    let terminal = try begin()
    try terminal.output("GIT_SESSION_HOOK=1 \(commit); GIT_SESSION_HOOK=1 git session hook post-commit")
    #expect(try terminal.linkedCommits() == [])
  }

  @Test(arguments: [
    "", "post-commit", "nonsense x y", "post-rewrite amend", "post-checkout a b 1", "post-checkout",
  ])
  func whateverItIsGivenItSucceeds(arguments: String) throws {
    let terminal = try begin()
    let result = try terminal.run("head -c 100000 /dev/urandom | git session hook \(arguments)")
    #expect(result.status == 0 && result.errors == "" && result.output == "")
    #expect(try terminal.run("cd .. && git-session hook \(arguments)").status == 0)
    try terminal.output("rm .git/session/active")
    #expect(try terminal.run("git session hook \(arguments)").status == 0)
  }
}
