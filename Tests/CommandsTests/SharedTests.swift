import TestSupport
import Testing

/// A repository that a group shares: each of them saves there, whatever the mask of the others.
@Suite struct SharedTests {
  @Test func theGroupMayWriteWhatAllWorkTreesShare() throws {
    let terminal = try Terminal("--shared=group")
    try terminal.output(
      """
      umask 077; project; git session start 'Retry failed deliveries' --quiet
      echo one >one.txt; git add one.txt; git session checkpoint --quiet; git session list --quiet
      git reset --quiet; git session restore c2 --index --quiet; git session undo --quiet
      git init --quiet --bare "$ROOT/far"; git remote add far "$ROOT/far"; git session push far --yes --quiet
      """)
    let places = ".git/sessions .git/logs/refs/notes .git/refs/notes .git/refs/sessions .git/index"
    // The packs that are listed are read and written by nobody.
    let names = try terminal.output("find \(places) -path '*/packs/*' -o -not -perm -g=rw -print")
    #expect(names == "")
    let folders = try terminal.output("find \(places) -type d -not -perm -g=rwx -print")
    #expect(folders == "")
    // What an agent was told is the user's own.
    #expect(try terminal.output("find .git/session -maxdepth 0 -perm /g=rwx,o=rwx") == "")
    let listed = try terminal.output(
      "find .git/sessions -maxdepth 1 -name index.db -o -name notes-tip -o -name consent")
    #expect(listed.split(separator: "\n").count == 3)
  }
}
