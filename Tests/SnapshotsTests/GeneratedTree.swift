import Git
import Snapshots
import TestSupport

/// Changes a work tree at random. The alphabet is small, so that files, folders and links often want one place.
struct GeneratedTree {
  let scratch: ScratchRepository
  var random: Random
  /// Only what `git add --all` takes without complaint: no pipes, no nested repositories, nothing left out.
  var isPlain = false
  var commits = true

  static let maxUntrackedSize: Int64 = 60

  private static let names = ["a", "b", "c", "d.o", "e.p", "out"]
  private static let oddNames: [[UInt8]] =
    [
      "-dash", "sp ace", "new\nline", "qu\"ote", "*", "[a]", ":(top)a", "ü", "tab\tcr\r", "\\back", ".dot",
      "a.o ",
    ].map { Array($0.utf8) } + [[0xff, 0xfe], [0x61, 0xc3]]
  private static let rules = ["*.o\n", "/out/\n", "c\n", "*.o\n/out/\n", "c\n/out/\n", "", "a/b\n"]
  private static let nestedRules = ["b\n", "*.p\n", ""]

  /// One step: files come, change and go, and some are staged.
  mutating func change() throws {
    for _ in 0..<random.number(1...8) { changeFile() }
    if random.once(in: 3) { scratch.put(".gitignore", .file(random.pick(Self.rules))) }
    if random.once(in: 6) { scratch.put("a/.gitignore", .file(random.pick(Self.nestedRules))) }
    if random.once(in: 2) { try stage() }
  }

  private mutating func changeFile() {
    let (files, top) = (scratch.files, scratch.path)
    let known = files.paths.filter { !$0.bytes.starts(with: Array("n/".utf8)) }.sorted()
    switch random.number(0...9) {
    case 0..<3 where !known.isEmpty: FileTree.remove(random.pick(known), below: top)
    case 3 where !known.isEmpty:
      let path = random.pick(known)
      if case .file(let text, let executable)? = files[path] {
        FileTree.put(.file(text, executable: !executable), at: path, below: top)
      }
    default: FileTree.put(entry(), at: path(), below: top)
    }
    let isNested = files[RepositoryPath("n/.git/HEAD".utf8)] != nil
    if !isPlain && (isNested || random.once(in: 40)) { makeNestedRepository() }
  }

  private mutating func makeNestedRepository() {
    scratch.put("n/.git/HEAD", .file("ref: refs/heads/main\n"))
    scratch.put("n/.git/objects/pack/none", .file(""))
    scratch.put("n/.git/refs/heads/none", .file(""))
    if random.once(in: 2) { scratch.put("n/\(random.pick(Self.names))", .file("nested\n")) }
  }

  private mutating func path() -> RepositoryPath {
    var components: [[UInt8]] = []
    for _ in 0...random.pick([0, 0, 1, 1, 2]) {
      components.append(random.once(in: 6) ? random.pick(Self.oddNames) : Array(random.pick(Self.names).utf8))
    }
    if random.once(in: 20) { components = [Array("n".utf8), Array("a".utf8)] }
    if !isPlain && random.once(in: 25) { components[components.count - 1] = Array(".env".utf8) }
    return RepositoryPath(components.joined(separator: [UInt8(ascii: "/")]))
  }

  private mutating func entry() -> FileTree.Entry {
    switch random.number(0...19) {
    case 0..<3: .link(random.pick(["a", "missing", "../b", "b/c", "/nowhere/at/all"]))
    case 3 where !isPlain: .file(String(repeating: "large\n", count: 20))
    case 4 where !isPlain && random.once(in: 4): .fifo
    default: .file(random.pick(["", "1\n", "2\n", "3\n"]), executable: random.once(in: 5))
    }
  }

  private mutating func stage() throws {
    let files = scratch.files.paths.filter { !$0.bytes.starts(with: Array("n/".utf8)) }.sorted()
    let words: [String]
    switch random.number(0...5) {
    case 0: words = ["add", "--all", "--ignore-errors", "--", "."]
    case 1: words = ["add", "--force", "--ignore-errors", "--"]
    case 2: words = ["add", "--intent-to-add", "--force", "--ignore-errors", "--"]
    case 3: words = ["rm", "--cached", "--quiet", "-r", "--ignore-unmatch", "--"]
    case 4 where commits: words = ["commit", "--quiet", "--allow-empty", "--message", "step"]
    default: words = ["reset", "--quiet"]
    }
    var arguments = ["--literal-pathspecs"] + words
    if words.last == "--" {
      // The names of the tests that are no UTF-8 cannot be arguments; `--all` takes care of them.
      let usable = files.compactMap { String(validating: $0.bytes, as: UTF8.self) }
      guard !usable.isEmpty else { return }
      arguments += (0..<random.number(1...3)).map { _ in random.pick(usable) }
    }
    // Pipes and nested repositories make `git add` complain; what it added is what counts.
    _ = try? scratch.git(arguments)
  }
}
