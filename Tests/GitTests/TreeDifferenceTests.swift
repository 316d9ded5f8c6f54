import Foundation
import TestSupport
import Testing

@testable import Git

/// What differs between two trees, held against what git says.
@Suite struct TreeDifferences {
  private func expectAsGit(
    _ repository: Repository, _ batch: ObjectBatch, _ old: ObjectID, _ new: ObjectID,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = try repository.run(
      ["diff-tree", "-r", "-z", "--no-renames", "--numstat", old.hex, new.hex], environment: batch.environment
    )
    let own = try batch.differences(from: old, to: new).map { difference in
      let lines = difference.lines.map { "\($0.insertions)\t\($0.deletions)" } ?? "-\t-"
      return "\(lines)\t\(String(decoding: difference.path.bytes, as: UTF8.self))"
    }
    let expected = output.fields.map { String(decoding: $0, as: UTF8.self) }
    #expect(own.sorted() == expected.sorted(), sourceLocation: sourceLocation)
  }

  private func tree(_ scratch: ScratchRepository) throws -> ObjectID {
    try scratch.git("add", "--all")
    return try #require(ObjectID(try scratch.git("write-tree").dropLast()))
  }

  /// A batch is published while another thread compares trees that only it holds.
  @Test(arguments: ObjectFormat.allCases) func aComparisonGoesOnWhileTheBatchIsPublished(
    format: ObjectFormat
  ) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    for _ in 0..<8 {
      let batch = try ObjectBatch(repository)
      let salt = UUID().uuidString
      func tree(_ content: String, changing changed: Int) throws -> ObjectID {
        let folders = try (0..<200).map { folder in
          let text = folder < changed ? content : salt
          let blob = try batch.write(Array("\(folder) \(text)\n".utf8), as: .blob)
          return TreeEntry(
            mode: "40000", name: Array("d\(folder)".utf8),
            id: try batch.writeTree([TreeEntry(mode: "100644", name: Array("f".utf8), id: blob)]))
        }
        return try batch.writeTree(folders)
      }
      let (old, new) = (try tree("old", changing: 0), try tree("new", changing: 150))
      let comparison = try TreeComparisonAhead(from: old, to: new, in: batch)
      try batch.publish()
      let reading = try ObjectBatch(repository)
      let differences = try reading.differences(comparison)
      #expect(differences.count == 150)
      #expect(try differences == reading.differences(from: old, to: new))
    }
  }

  @Test(arguments: ObjectFormat.allCases) func everyKindOfChange(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let long = (0..<2000).map { "line \($0)\n" }.joined()
    scratch.put("same", .file("x\n"))
    scratch.put("grows", .file("a\nb\n"))
    scratch.put("long", .file(long))
    scratch.put("end", .file("a\nb"))
    scratch.put("gone/deep/file", .file("1\n2\n3"))
    scratch.put("bytes", .file("a\0b"))
    scratch.put("mode", .file("m\n"))
    scratch.put("mode-bytes", .file("m\0\n"))
    scratch.put("link", .link("grows"))
    scratch.put("type", .file("t\n"))
    scratch.put("file-to-folder", .file("f\n"))
    scratch.put("folder-to-file/x", .file("f\n"))
    let old = try tree(scratch)
    scratch.put("grows", .file("a\nc\nd\n"))
    scratch.put("long", .file(long.replacing("line 700\n", with: "other\nlines\n") + "end\n"))
    scratch.put("end", .file("a\nb\n"))
    try scratch.remove("gone")
    scratch.put("bytes", .file("a\0c"))
    try scratch.run("chmod", ["+x", scratch.path + "/mode", scratch.path + "/mode-bytes"])
    scratch.put("link", .link("same"))
    scratch.put("type", .link("same"))
    try scratch.remove("file-to-folder")
    scratch.put("file-to-folder/y", .file("f\n"))
    try scratch.remove("folder-to-file")
    scratch.put("folder-to-file", .file("f\n"))
    scratch.put("new", .file(""))
    scratch.put("new2", .file("x\n\n"))
    scratch.put("in\"valid\n", .file("x\n"))
    let new = try tree(scratch)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let empty = format.emptyTree
    for (from, to) in [(old, new), (new, old), (empty, new), (old, empty), (old, old)] {
      try expectAsGit(repository, batch, from, to)
    }
  }

  @Test(arguments: [
    "*.x -diff", "*.x diff", "*.x binary", "*.x diff=own", "*.x diff=cpp", "[attr]mine -diff\n*.x mine",
    "*.x -diff\nd/*.x diff", "*.x !diff",
  ])
  func attributes(rules: String) throws {
    let scratch = try ScratchRepository()
    try scratch.git("config", "diff.own.binary", "true")
    scratch.put("d/text.x", .file("a\n"))
    scratch.put("bytes.x", .file("a\0\n"))
    let old = try tree(scratch)
    scratch.put(".gitattributes", .file(rules + "\n"))
    scratch.put("d/text.x", .file("b\nc\n"))
    scratch.put("bytes.x", .file("b\0\n"))
    let new = try tree(scratch)
    let repository = try scratch.open()
    try expectAsGit(repository, try ObjectBatch(repository), old, new)
  }

  /// Each with each, of all texts of up to four characters.
  @Test func allSmallTexts() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    var texts: [[UInt8]] = [[]]
    for length in 1...4 {
      texts += texts.filter { $0.count == length - 1 }.flatMap { text in
        "ab\n".utf8.map { text + [$0] }
      }
    }
    let blobs = try texts.map { try batch.write($0, as: .blob) }
    let pairs = blobs.flatMap { old in blobs.map { (old, $0) } }
    func tree(_ ids: [ObjectID]) throws -> ObjectID {
      try batch.writeTree(
        ids.enumerated().map { TreeEntry(mode: "100644", name: Array("\($0)".utf8), id: $1) })
    }
    try expectAsGit(repository, batch, try tree(pairs.map(\.0)), try tree(pairs.map(\.1)))
  }

  /// One place is changed in a text with many lines that are alike.
  @Test(arguments: 0..<10) func oneEdit(seed: Int) throws {
    var random = Random(seed)
    func lines(_ count: Int) -> [UInt8] {
      (0..<random.number(0...count)).flatMap { _ in Array("\(random.number(0...3))\n".utf8) }
    }
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    var (old, new): ([TreeEntry], [TreeEntry]) = ([], [])
    for number in 0..<200 {
      let name = Array("\(number)".utf8)
      let (start, end) = (lines(20), lines(20))
      let blobs = try [lines(4), lines(4)].map { try batch.write(start + $0 + end, as: .blob) }
      old.append(TreeEntry(mode: "100644", name: name, id: blobs[0]))
      new.append(TreeEntry(mode: "100644", name: name, id: blobs[1]))
    }
    try expectAsGit(repository, batch, try batch.writeTree(old), try batch.writeTree(new))
  }

  @Test(arguments: 0..<20) func generatedText(seed: Int) throws {
    var random = Random(seed)
    func text() -> [UInt8] {
      (0..<random.number(0...3000)).flatMap { _ in Array("\(random.number(0...40))\n".utf8) }
    }
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    func write() throws -> ObjectID {
      let names = (0..<4).filter { _ in !random.once(in: 5) }
      return try batch.writeTree(
        names.map { name in
          TreeEntry(mode: "100644", name: Array("\(name)".utf8), id: try batch.write(text(), as: .blob))
        })
    }
    try expectAsGit(repository, batch, try write(), try write())
  }

  /// The headers of hunks, by path, as git writes them.
  private func headers(
    _ repository: Repository, _ batch: ObjectBatch, _ old: ObjectID, _ new: ObjectID
  ) throws -> [String: [String]] {
    let output = try repository.run(
      ["diff-tree", "-r", "-p", "-U0", "--no-renames", "--diff-filter=M", old.hex, new.hex],
      environment: batch.environment)
    var found: [String: [String]] = [:]
    var path = ""
    for bytes in output.standardOutput.split(separator: UInt8(ascii: "\n")) {
      let line = String(decoding: bytes, as: UTF8.self)
      if line.hasPrefix("+++ b/") { path = String(line.dropFirst(6)) }
      if line.hasPrefix("@@ ") { found[path, default: []].append(Self.start(line)) }
    }
    return found
  }

  /// Of what is known only what follows from contents alone counts, and only as long as it does.
  @Test func whatIsKnownOfContents() throws {
    let scratch = try ScratchRepository()
    scratch.put(".gitattributes", .file("*.on diff\n*.off -diff\n*.swift diff=swift\n"))
    let names = ["a", "a.on", "a.off", "a.swift", "gone"]
    for name in names { scratch.put(name, .file("f\n x\n")) }
    let old = try tree(scratch)
    for name in names.dropLast() { scratch.put(name, .file("f\n y\n")) }
    try scratch.remove("gone")
    scratch.put("link", .link("f"))
    let new = try tree(scratch)
    let batch = try ObjectBatch(scratch.open())
    let files = try batch.differences(from: old, to: new)
    var known = KnownDifferences()
    let headers = try batch.hunkHeaders(of: files)
    for (file, headers) in zip(files, headers) {
      guard let headers, let (contents, found) = file.found(limit: try scratch.open().bigFileThreshold)
      else { continue }
      let lines = LineCount(insertions: 7, deletions: found.deletions)
      known.contents[contents] = KnownDifference(
        lines: lines, headers: headers.map { _ in Array("known".utf8) })
    }
    func insertions(_ batch: ObjectBatch) throws -> [String: Int?] {
      let files = try batch.differences(from: old, to: new, knowing: known)
      return Dictionary(uniqueKeysWithValues: files.map { ($0.path.description, $0.lines?.insertions) })
    }
    #expect(try insertions(batch) == ["a": 7, "a.on": 1, "a.off": nil, "a.swift": 7, "gone": 7, "link": 1])
    let again = try batch.hunkHeaders(of: files, knowing: known).map { $0.map { $0.count } }
    #expect(again == headers.map { $0.map { $0.count } })
    #expect(try batch.hunkHeaders(of: files, knowing: known).contains([Array("known".utf8)]))
    try scratch.git("config", "core.bigFileThreshold", "3")
    #expect(try insertions(ObjectBatch(scratch.open()))["a"] == .some(nil))
  }

  /// Both cut what they take for a function at about 80 bytes.
  private static func start(_ header: String) -> String {
    String(decoding: header.utf8.prefix(75), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(
      separator: " ")
  }

  /// Texts whose lines begin as functions do, or are indented, empty, long, or no letters.
  @Test(arguments: 0..<40) func hunkHeaders(seed: Int) throws {
    var random = Random(seed)
    func line() -> String {
      let start = random.pick(["", "", " ", "  ", "\t", "func ", "$", "_", "}", "Ä", "1", "// "])
      let words = (0..<random.number(0...3)).map { _ in random.pick(["one", "two()", "{", "ß", "x"]) }
      return start + words.joined(separator: random.pick([" ", "\t"]))
        + random.pick(["", "", "", "\r", " ", String(repeating: "long ", count: 30)]) + "\n"
    }
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    var (old, new): ([TreeEntry], [TreeEntry]) = ([], [])
    for number in 0..<20 {
      var lines = (0..<random.number(0...60)).map { _ in line() }
      let before = lines.joined()
      for _ in 0..<random.number(1...6) {
        let place = random.number(0...lines.count)
        if place < lines.count, random.once(in: 2) {
          lines[place] = line()
        } else {
          lines.insert(line(), at: place)
        }
      }
      let name = Array("\(number)".utf8)
      for (text, isNew) in [(before, false), (lines.joined(), true)] {
        let entry = TreeEntry(mode: "100644", name: name, id: try batch.write(Array(text.utf8), as: .blob))
        if isNew { new.append(entry) } else { old.append(entry) }
      }
    }
    let trees = (try batch.writeTree(old), try batch.writeTree(new))
    let files = try batch.differences(from: trees.0, to: trees.1)
    var own: [String: [String]] = [:]
    for (file, headers) in zip(files, try batch.hunkHeaders(of: files)) {
      let headers = try #require(headers).map { String(decoding: $0, as: UTF8.self) }
      if !headers.isEmpty { own[file.path.description] = headers.map(Self.start) }
    }
    let expected = try headers(repository, batch, trees.0, trees.1)
    for path in Set(own.keys).union(expected.keys).sorted() {
      #expect(own[path] == expected[path], "\(path)")
    }
  }

  @Test func headersThatOnlyGitCanTell() throws {
    let scratch = try ScratchRepository()
    for name in ["a.txt", "a.swift", "a.bin", "a.on"] { scratch.put(name, .file("f\n x\n")) }
    scratch.put(".gitattributes", .file("*.swift diff=swift\n*.bin -diff\n*.on diff\n"))
    scratch.put("link", .link("f"))
    let old = try tree(scratch)
    for name in ["a.txt", "a.swift", "a.bin", "a.on"] { scratch.put(name, .file("f\n y\n")) }
    scratch.put("link", .link("g"))
    let new = try tree(scratch)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    func headers() throws -> [String: [String]?] {
      let files = try batch.differences(from: old, to: new)
      let headers = try batch.hunkHeaders(of: files).map { $0?.map { String(decoding: $0, as: UTF8.self) } }
      return Dictionary(uniqueKeysWithValues: zip(files.map(\.path.description), headers))
    }
    let header = "@@ -2 +2 @@ f\n"
    #expect(try headers() == ["a.txt": [header], "a.swift": nil, "a.bin": [], "a.on": [header], "link": []])
    try scratch.git("config", "diff.default.xfuncname", "^x")
    #expect(
      try ObjectBatch(scratch.open()).hunkHeaders(of: batch.differences(from: old, to: new))
        == Array(repeating: nil, count: 5))
  }

  @Test(arguments: ObjectFormat.allCases) func whereverTheObjectsAre(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository, memoryLimit: 100)
    func write(_ text: String) throws -> ObjectID {
      let blob = try batch.write(Array(text.utf8), as: .blob)
      return try batch.writeTree([TreeEntry(mode: "100644", name: [97], id: blob)])
    }
    let published = try write("one\n")
    try batch.publish()
    let spilled = try write((0..<200).map { "\($0 &* 7919)\n" }.joined())
    let inMemory = try write("three\n")
    scratch.put("file", .file("by git\n"))
    let blob = try repository.run(["hash-object", "-w", "file"], environment: batch.environment).text
    let byGit = try batch.writeTree([
      TreeEntry(mode: "100644", name: [97], id: try #require(ObjectID(blob)))
    ])
    let all = [published, spilled, inMemory, byGit]
    for old in all { for new in all { try expectAsGit(repository, batch, old, new) } }
  }

  /// A tree that holds the last one `width` times, and so on.
  private func nest(_ levels: Int, width: Int, _ batch: ObjectBatch) throws -> ObjectID {
    let file = try batch.write(Array("x\n".utf8), as: .blob)
    var entry = TreeEntry(mode: "100644", name: [], id: file)
    for _ in 0..<levels {
      let entries = (0..<width).map {
        TreeEntry(mode: entry.mode, name: Array("\($0)".utf8), id: entry.id)
      }
      entry = TreeEntry(mode: "40000", name: [], id: try batch.writeTree(entries))
    }
    return entry.id
  }

  @Test func foldersMayLieDeep() throws {
    let scratch = try ScratchRepository()
    let batch = try ObjectBatch(try scratch.open())
    let tree = try nest(6000, width: 1, batch)
    #expect(try batch.differences(from: .emptyTree, to: tree).map(\.path.bytes.count) == [11_999])
    #expect(try batch.objects(of: tree, beside: .emptyTree).count == 6001)
    let ids = try Set(batch.objects(of: tree, beside: .emptyTree))
    try batch.publish()
    #expect(try RecencyOrder(of: ids, in: try scratch.open()).objects.count == 6001)
  }

  /// Of a trillion files.
  @Test func aTreeMayHoldAnotherManyTimes() throws {
    let scratch = try ScratchRepository()
    let batch = try ObjectBatch(try scratch.open())
    let tree = try nest(12, width: 10, batch)
    #expect {
      try batch.changedPaths(from: .emptyTree, to: tree, limit: 1 << 20)
    } throws: { ($0 as? GitError)?.kind == .tooLarge }
    #expect(try Set(batch.objects(of: tree, beside: .emptyTree)).count == 13)
    #expect(
      try batch.changedPaths(from: .emptyTree, to: nest(2, width: 10, batch), limit: 1 << 20).count == 100)
  }

  @Test(arguments: ObjectFormat.allCases) func aMissingFileIsNotCounted(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let batch = try ObjectBatch(try scratch.open())
    let lost = try #require(ObjectID(String(repeating: "7", count: 2 * format.byteCount)))
    let tree = try batch.writeTree([TreeEntry(mode: "100644", name: [97], id: lost)])
    let differences = try batch.differences(from: format.emptyTree, to: tree)
    #expect(differences.map(\.new?.id) == [lost])
    #expect(differences.map(\.lines) == [nil])
  }

  /// A concurrent `git gc` removes what is old and not named yet.
  @Test(arguments: ObjectFormat.allCases) func reusedObjectsGetANewDate(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    scratch.put("loose", .file("loose\n"))
    scratch.put("packed", .file("packed\n"))
    func write(_ name: String) throws -> ObjectID {
      try #require(ObjectID(try scratch.git("hash-object", "-w", name).dropLast()))
    }
    let packed = try write("packed")
    try scratch.git(["pack-objects", "-q", ".git/objects/pack/pack"], input: "\(packed)\n")
    try scratch.git("prune-packed")
    let loose = try write("loose")
    try scratch.run(
      "sh", ["-c", "find \"$1\" -type f | xargs touch -d 2001-01-01", "sh", scratch.path + "/.git/objects"])
    let missing = try #require(ObjectID(String(repeating: "7", count: 2 * format.byteCount)))
    #expect(try scratch.open().freshen([loose, missing, packed]) == [missing])
    let old = try scratch.run(
      "find",
      [
        scratch.path + "/.git/objects", "-type", "f", "-not", "-newermt", "2020-01-01", "-not", "-name",
        "*.idx",
      ])
    #expect(old.split(separator: "\n").filter { !$0.hasSuffix(".rev") } == [])
  }
}
