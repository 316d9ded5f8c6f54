import Git
import Snapshots
import TestSupport
import Testing

/// Files are written as the attributes say that will hold once the restore is done.
@Suite struct RestoreAttributes {
  /// Two ways to write `file.txt`: the attributes, and bytes that these attributes lead to for one and the same
  /// text, which changes from state to state or not.
  struct Style: Sendable, CustomTestStringConvertible {
    let attributes: String?
    let write: @Sendable (String) -> [UInt8]
    var testDescription: String { attributes ?? "none" }
  }

  static let styles: [Style] = [
    Style(attributes: nil) { Array($0.utf8) },
    Style(attributes: "*.txt text eol=lf\n") { Array($0.utf8) },
    Style(attributes: "*.txt text eol=crlf\n") { Array($0.replacing("\n", with: "\r\n").utf8) },
    Style(attributes: "*.txt text working-tree-encoding=UTF-16LE\n") { text in
      text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    },
    Style(attributes: "*.txt filter=upper\n") { Array($0.uppercased().utf8) },
    Style(attributes: "*.txt filter=lfs-like\n") { Array($0.utf8) },
  ]

  /// Every two of them; each case goes there and back.
  static let pairs = styles.indices.flatMap { first in styles[..<first].map { (styles[first], $0) } }

  @Test(arguments: pairs) func followTheTarget(first: Style, second: Style) throws {
    let lab = try Lab()
    try configureFilters(lab.scratch)
    for (folder, text) in [("same/", "one\ntwo\n"), ("other/", "three\nfour\n")] {
      try write(first, "one\ntwo\n", in: folder, lab.scratch)
      let (saved, bytes) = (try lab.save(), lab.scratch.bytes(folder + "file.txt"))
      try write(second, text, in: folder, lab.scratch)
      let (other, otherBytes) = (try lab.save(), lab.scratch.bytes(folder + "file.txt"))

      _ = try lab.restore(saved)
      #expect(lab.scratch.bytes(folder + "file.txt") == bytes)
      #expect(lab.scratch.read(folder + ".gitattributes") == first.attributes)
      #expect(try lab.save().snapshot.tree == saved.snapshot.tree)
      _ = try lab.restore(other)
      #expect(lab.scratch.bytes(folder + "file.txt") == otherBytes)
      #expect(try lab.save().snapshot.tree == other.snapshot.tree)
    }
  }

  /// Attributes that a restricted restore leaves as they are go on to hold.
  @Test func followTheWorkTreeWhereTheyStay() throws {
    let lab = try Lab()
    try configureFilters(lab.scratch)
    try write(Self.styles[2], "one\n", in: "", lab.scratch)
    let crlf = try lab.save()
    try write(Self.styles[1], "two\n", in: "", lab.scratch)
    _ = try lab.restore(crlf, pathspecs: ["file.txt"])
    #expect(lab.scratch.read("file.txt") == "one\n")
    #expect(
      try lab.scratch.open().files(of: lab.save().snapshot.tree)[RepositoryPath("file.txt".utf8)]
        == crlf.tree[RepositoryPath("file.txt".utf8)])
  }

  @Test func doNotTouchFilesThatLookTheSame() throws {
    let lab = try Lab()
    lab.scratch.put("one.txt", .file("no line end"))
    lab.scratch.put("two.txt", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put(".gitattributes", .file("*.txt text eol=lf diff=other\n"))
    let outcome = try lab.restore(target)
    #expect(outcome.plan.writes.isEmpty)
    #expect(outcome.plan.removals.map(\.path.description) == [".gitattributes"])
  }

  private func write(_ style: Style, _ text: String, in folder: String, _ scratch: ScratchRepository) throws {
    if let attributes = style.attributes {
      scratch.put(folder + ".gitattributes", .file(attributes))
    } else if scratch.read(folder + ".gitattributes") != nil {
      try scratch.remove(folder + ".gitattributes")
    }
    try scratch.write(folder + "file.txt", bytes: style.write(text))
  }

  private func configureFilters(_ scratch: ScratchRepository) throws {
    // Like git-lfs: the content lies elsewhere, by its name.
    let store = "'\(scratch.root)/store'"
    scratch.put(
      "../home/lfs-clean",
      .file(
        "#!/bin/sh\nmkdir -p \(store)\nt=$(mktemp)\ncat > $t\nn=$(git hash-object --no-filters $t)\nmv $t \(store)/$n\necho pointer $n\n",
        executable: true))
    scratch.put(
      "../home/lfs-smudge", .file("#!/bin/sh\nread word n\ncat \(store)/$n\n", executable: true))
    let settings = [
      "filter.upper.clean": "tr A-Z a-z", "filter.upper.smudge": "tr a-z A-Z",
      "filter.lfs-like.clean": "'\(scratch.root)/home/lfs-clean'",
      "filter.lfs-like.smudge": "'\(scratch.root)/home/lfs-smudge'",
      "filter.upper.required": "true", "filter.lfs-like.required": "true",
    ]
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) { try scratch.git("config", key, value) }
  }
}
