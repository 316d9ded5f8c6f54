import TestSupport
import Testing

/// Archives on remotes, where something goes wrong or somebody means harm.
@Suite struct ArchiveTrustTests {
  private let scene: ArchiveScene
  private var terminal: Terminal { scene.terminal }

  init() throws { scene = try ArchiveScene() }

  /// Cut off at each step, the next command goes on.
  @Test func whatWasInterruptedIsFinished() throws {
    // The remote still has references, of each archived session, as from before it was archived.
    let restore = """
      archive=$(git for-each-ref --format='%(refname)' refs/sessions-archive)
      git ls-tree -r $archive | while read mode type commit path; do
        name=${path#*/}; echo "create refs/sessions/${name%-*}/${name#*-} $commit"
      done >../lines; git -C ../hub.git update-ref --stdin <../lines
      """
    try terminal.output(restore)
    #expect(try scene.references("refs/sessions/", in: "../hub.git") == ArchiveScene.count)
    try terminal.output("git session fetch --quiet")
    #expect(try scene.references("refs/sessions-remote/") == ArchiveScene.kept, "they are archived here")
    try terminal.output(
      """
      printf '#!/bin/sh\\nexpr $3 : 00000 >/dev/null && exit 1; exit 0\\n' >../hub.git/hooks/update
      chmod +x ../hub.git/hooks/update
      """)
    let refused = try terminal.run("git session push")
    #expect(refused.status == 0)
    #expect(refused.errors.contains("keeps references that its archive makes superfluous"))
    #expect(try scene.references("refs/sessions/", in: "../hub.git") == ArchiveScene.count)
    try terminal.output("rm ../hub.git/hooks/update; git session push --quiet")
    #expect(try scene.references("refs/sessions/", in: "../hub.git") == ArchiveScene.kept)
    try scene.requireQuiet()
    // Fetched and not taken up.
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there")
    try terminal.output(
      """
      cd ../there; git fetch --quiet origin '+refs/sessions-archive/*:refs/sessions-remote-archive/origin/by/*'
      git session fetch --quiet
      """)
    try scene.requireSame("../there")
    // A clone that has taken all up but one.
    try terminal.output(
      """
      cd ../there; git for-each-ref --format='delete %(refname)' refs/sessions | git update-ref --stdin
      git session fetch --quiet
      """)
    try scene.requireSame("../there")
    try scene.requireQuiet(in: "../there")
  }

  /// The archive was sent, and then the power failed; or another process of this work tree was quicker.
  @Test func anArchiveThatWentOnUnseenIsGoneOnFrom() throws {
    let seen = try terminal.output(
      "git for-each-ref --format='%(refname) %(objectname)' refs/sessions-remote-archive")
    try ArchiveScene.endSessions(terminal, count: 7, series: 6)
    try terminal.output("git session push --quiet; git update-ref \(seen.dropLast())")
    try ArchiveScene.endSessions(terminal, count: 7, series: 7)
    let pushed = try terminal.run("git session push --quiet")
    #expect(pushed.status == 0 && pushed.errors.isEmpty, "\(pushed)")
    #expect(try scene.references("refs/sessions/", in: "../hub.git") == scene.references("refs/sessions/"))
    let list = "git ls-tree -r $(git for-each-ref --format='%(refname)' refs/sessions-archive)"
    #expect(try terminal.output(list) == terminal.output("cd ../hub.git; \(list)"))
    try scene.requireQuiet()
  }

  /// Killed at any moment, the next command finishes what was begun.
  @Test func killedAtAnyMoment() throws {
    func killed(_ command: String, in place: String, after milliseconds: Int) -> String {
      """
      cd \(place); git-session \(command) --quiet 2>/dev/null & sleep 0.\(String(1000 + milliseconds).dropFirst())
      kill -9 $! 2>/dev/null; wait; sleep 0.05; find .git -name '*.lock' ! -path '.git/session/*' -exec rm -f {} +
      """
    }
    try terminal.output(
      "git init --quiet --bare ../up.git; git remote add up ../up.git; git push --quiet up main")
    try terminal.output("git clone --quiet ../up.git ../there")
    for delay in stride(from: 15, to: 200, by: 25) {
      try terminal.run(killed("push up --yes", in: ".", after: delay))
      try terminal.run(killed("fetch", in: "../there", after: delay))
    }
    try terminal.output("git session push up --yes --quiet; git session push up --quiet")
    #expect(try scene.references("refs/sessions/", in: "../up.git") <= ArchiveScene.kept)
    #expect(try scene.references("refs/sessions-archive/", in: "../up.git") == 1)
    try terminal.output("cd ../there; git session fetch --quiet; git session doctor --fix --quiet")
    try scene.requireSame("../there")
    try terminal.output("cd ../there; git session doctor; git gc --quiet --prune=now; git fsck --strict")
    try scene.requireSame("../there")
  }

  @Test func aRemoteThatTakesNoArchiveGetsEachByItself() throws {
    try terminal.output("git init --quiet --bare ../strict.git; git remote add strict ../strict.git")
    try terminal.output("git push --quiet strict main")
    try terminal.output(
      """
      printf '#!/bin/sh\\ncase $1 in refs/sessions-archive/*) exit 1;; esac\\n' >../strict.git/hooks/update
      chmod +x ../strict.git/hooks/update
      """)
    let sent = try terminal.run("git session push strict --yes")
    #expect(sent.status == 0 && sent.errors.contains("archive"), "\(sent.errors)")
    #expect(try scene.references("refs/sessions/", in: "../strict.git") == ArchiveScene.count)
    #expect(try scene.references("refs/sessions-remote/strict/") == ArchiveScene.kept)
    #expect(try terminal.run("git session push strict").status == 0)
    #expect(try scene.references("refs/sessions/", in: "../strict.git") == ArchiveScene.count)
    try terminal.output("rm ../strict.git/hooks/update; git session push strict --quiet")
    #expect(try scene.references("refs/sessions/", in: "../strict.git") == ArchiveScene.kept)
    #expect(try scene.references("refs/sessions-archive/", in: "../strict.git") == 1)
    #expect(try terminal.output("git session push strict") == "strict has all sessions of this clone.\n")
  }

  /// A session that was deleted before it was ever sent stays here, whatever archive it is in.
  @Test func whatWasDeletedBeforeIsNotPublished() throws {
    try terminal.output(
      """
      git session start Secret --quiet; echo secret >secret.txt; git session checkpoint --quiet
      git for-each-ref --format='%(refname)' refs/sessions | tail -n 1 | cut -d / -f 3 >../secret
      git session complete --quiet; git session delete secret --yes --quiet; rm secret.txt
      """)
    try ArchiveScene.endSessions(terminal, count: 7, series: 6)
    try terminal.output("git session doctor --fix --quiet")
    let secret = try terminal.output("git hash-object --stdin <<EOF\nsecret\nEOF").dropLast()
    let archive = "$(git for-each-ref --format='%(refname)' refs/sessions-archive)"
    let listed = "git ls-tree -r --name-only \(archive) | grep -c $(cat ../secret)"
    #expect(try terminal.output(listed) == "1\n")
    try terminal.output("git cat-file -e \(secret); git session push --quiet")
    #expect(try terminal.run("cd ../hub.git; \(listed)").output == "0\n")
    #expect(try terminal.run("git -C ../hub.git for-each-ref | grep -c $(cat ../secret)").output == "0\n")
    #expect(try terminal.run("git -C ../hub.git cat-file -e \(secret)").status != 0)
    try scene.requireQuiet()
  }

  /// Sessions that nobody has asked to send do not follow a push because they are archived.
  @Test func nothingFollowsAPushUnasked() throws {
    try terminal.output("git init --quiet --bare ../later.git; git remote add later ../later.git")
    try terminal.output("git config session.push with-push; git session init --quiet")
    try terminal.output("git session start 'Follow the push' --quiet; git push --quiet later main")
    #expect(try WithPushTests.eventually { try scene.references("refs/sessions/", in: "../later.git") > 0 })
    #expect(try WithPushTests.eventually { try terminal.run("cat .git/sessions/queue.json").output.isEmpty })
    #expect(try scene.references("refs/sessions/", in: "../later.git") == 1)
    #expect(try scene.references("refs/sessions-archive/", in: "../later.git") == 0)
  }

  /// Whoever can write to a remote can put anything there.
  @Test func whatIsNoArchiveCountsForNothing() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    try ArchiveScene.endSessions(terminal, count: 7, series: 6)
    // The last ones, not archived yet, of which the remote has heard nothing by itself.
    try terminal.output("git session push --quiet; cd ../there; git session fetch --quiet")
    try terminal.output(Self.forgery)
    let before = try scene.view(in: "../there")
    let fetched = try terminal.run("cd ../there; git session fetch")
    #expect(fetched.status == 0)
    for writer in ["00000000", "11111111", "44444444"] {
      #expect(fetched.errors.contains("the archive of \(writer) lists what it does not keep"), "\(fetched)")
    }
    #expect(fetched.output.contains("33333333 is not taken up"), "\(fetched)")
    #expect(fetched.errors.contains("the archive of 55555555 holds another entry"), "\(fetched)")
    #expect(fetched.errors.contains("the archive of 66666666 cannot be read"), "\(fetched)")
    #expect(try terminal.run("cd ../there; git session show $(cat ../lost)").status == 1)
    #expect(try scene.view(in: "../there") == before)
    try terminal.output(
      "cd ../there; git session doctor --fix; git gc --quiet --prune=now; git fsck --strict")
    // Nothing is deleted for what an archive only says that it holds, and nothing is built on what is none.
    let plain = try terminal.output("git -C ../hub.git for-each-ref refs/sessions/")
    let pushed = try terminal.run("git session fetch --quiet; git session push")
    #expect(pushed.status == 0, "\(pushed)")
    let after = try terminal.output("git -C ../hub.git for-each-ref refs/sessions/")
    #expect(Set(after.split(separator: "\n")).isSuperset(of: plain.split(separator: "\n")))
    #expect(after.contains(try terminal.output("cat ../lost").dropLast()), "nobody keeps it for us")
    try terminal.output("cd ../there; git session fetch --quiet")
    try scene.requireSame("../there")
  }

  /// Puts into the hub: archives that list what is not there, what is here and would go with the next `gc`, what is no
  /// chain, all that is there without keeping it, and what is none.
  private static let forgery = """
    set -e
    writer=$(git for-each-ref --format='%(refname)' refs/sessions-archive | cut -d / -f 3)
    plain=$(git -C ../hub.git for-each-ref --format='%(refname)' refs/sessions/ | tail -n 1)
    lost=$(echo $plain | cut -d / -f 3); echo $lost >../lost
    tip=$(git rev-parse $plain); folder=$(echo $lost | cut -c 1-4)
    # The other clone has its objects by chance.
    cd ../there; for prefix in refs/sessions refs/sessions-remote/origin; do
      git for-each-ref --format='delete %(refname)' $prefix/$lost
    done | git update-ref --stdin; cd ../hub.git
    archive() { git update-ref refs/sessions-archive/$1 $(git commit-tree $2 $3 -m x $(git mktree --missing)); }
    list() {
      leaf=$(git mktree --missing); printf '040000 tree %s\t%s\n' $leaf $folder | archive $1 $2 $3
    }
    git update-ref -d $plain
    printf '160000 commit %s\t%s\n' $tip $lost-$writer | list 00000000
    printf '160000 commit %s\t%s\n' 1234567890123456789012345678901234567890 $lost-22222222 | list 11111111
    printf '160000 commit %s\t%s\n' $(git rev-parse main) $lost-33333333 | list 33333333 -p main
    for name in $(git for-each-ref --format='%(refname)' refs/sessions/); do
      printf '160000 commit %s\t%s-%s\n' $(git rev-parse $name) $(echo $name | cut -d / -f 3) $(echo $name | cut -d / -f 4)
    done | list 44444444
    printf '100644 blob %s\tx\n' $(git hash-object -w HEAD) | archive 55555555
    git update-ref refs/sessions-archive/66666666 $(git hash-object -w HEAD)
    git update-ref refs/sessions-archive/not/one $tip
    """

  /// An archive there that lists less than before takes nothing away, and lists all again after a push.
  @Test func anArchiveThatListsLessIsFilledAgain() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    try terminal.output(
      """
      name=$(git for-each-ref --format='%(refname)' refs/sessions-archive)
      git -C ../hub.git update-ref $name $(git -C ../hub.git commit-tree -m x $(git mktree </dev/null))
      cd ../there; git session fetch --quiet
      """)
    try scene.requireSame("../there")
    try terminal.output("git session fetch --quiet; git session push --quiet")
    try terminal.output("git -C ../hub.git gc --quiet --prune=now")
    try terminal.output("git clone --quiet ../hub.git ../third; cd ../third; git session fetch --quiet")
    try scene.requireSame("../third")
    // Gone altogether.
    try terminal.output(
      "git -C ../hub.git update-ref -d $(git for-each-ref --format='%(refname)' refs/sessions-archive)")
    try terminal.output("cd ../there; git session fetch --quiet; git session push --yes --quiet")
    try terminal.output("git clone --quiet ../hub.git ../fourth; cd ../fourth; git session fetch --quiet")
    try scene.requireSame("../there", "../fourth")
  }
}
