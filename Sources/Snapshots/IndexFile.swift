import Files
import Git

/// An index as git wrote it, read in place: versions 2 to 4 of gitformat-index(5).
final class IndexFile: @unchecked Sendable {
  // Unchecked, because nothing of it changes once it is made.

  /// What git's own format says of one path.
  struct Entry {
    fileprivate let raw: UnsafeRawPointer
    fileprivate let hashLength: Int

    fileprivate func word(_ offset: Int) -> UInt32 {
      UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    var mode: UInt32 { word(24) }
    var id: ObjectID { ObjectID(bytes: UnsafeRawBufferPointer(start: raw + 40, count: hashLength)) ?? .none }
    private var flags: UInt16 {
      UInt16(bigEndian: raw.loadUnaligned(fromByteOffset: 40 + hashLength, as: UInt16.self))
    }
    private var moreFlags: UInt16 {
      guard flags & 0x4000 != 0 else { return 0 }
      return UInt16(bigEndian: raw.loadUnaligned(fromByteOffset: 42 + hashLength, as: UInt16.self))
    }
    /// 1 to 3 for one side of a conflict.
    var stage: Int { Int(flags >> 12 & 3) }
    var isIntentToAdd: Bool { moreFlags & 0x2000 != 0 }
    var isSkipped: Bool { moreFlags & 0x4000 != 0 }
    var isSubmodule: Bool { mode & 0o170000 == 0o160000 }

    /// Whether a file with this status is, by all that git remembers of it, what git has seen.
    func matches(_ status: FileStatus, _ rules: StatRules) -> Bool {
      guard word(36) == UInt32(truncatingIfNeeded: status.size), rules.hasKind(status, mode) else {
        return false
      }
      guard let modified = Self.parts(of: status.modified), word(8) == modified.seconds else { return false }
      if rules.isMinimal { return true }
      guard word(12) == modified.nanoseconds else { return false }
      if rules.trustsChangeTime {
        guard let changed = Self.parts(of: status.changed), word(0) == changed.seconds,
          word(4) == changed.nanoseconds
        else { return false }
      }
      return word(20) == UInt32(truncatingIfNeeded: status.inode) && word(28) == status.owner
        && word(32) == status.group
    }

    /// A time as an index has it: the seconds cut to 32 bits, the nanoseconds counted onwards from there. Nil if it is
    /// too far away to be known.
    private static func parts(of time: Int64) -> (seconds: UInt32, nanoseconds: UInt32)? {
      guard time > .min, time < .max else { return nil }
      var (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
      if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000) }
      return (UInt32(truncatingIfNeeded: seconds), UInt32(truncatingIfNeeded: nanoseconds))
    }
  }

  /// A folder whose tree git knows, or the hole that a change has left.
  struct KnownTree {
    let name: UnsafeRawBufferPointer
    /// How many entries lie in and below it; nil if the tree is not known.
    let entries: Int?
    let id: ObjectID?
    let children: Int
    /// The node behind all that lie below this one.
    var next: Int
  }

  private let file: MappedFile?
  /// Paths that the file holds only in part, as version 4 does.
  private let paths: UnsafeMutableRawBufferPointer?
  private let pathBase: UnsafeRawPointer
  private let offsets: [UInt32]
  private let pathStarts: [UInt32]
  private let pathLengths: [UInt32]
  private let hashLength: Int
  /// Of all folders in the order of a walk that visits each before those below it; the first is the top.
  let knownTrees: [KnownTree]
  /// When the file was written: what changed at that moment or later may have changed unseen.
  let written: Int64
  let hasSkipped: Bool

  var count: Int { offsets.count }

  subscript(_ position: Int) -> Entry {
    Entry(raw: base + Int(offsets[position]), hashLength: hashLength)
  }

  /// Where offsets count from.
  private let base: UnsafeRawPointer

  func path(_ position: Int) -> Glob.Bytes {
    Glob.Bytes(
      start: (pathBase + Int(pathStarts[position])).assumingMemoryBound(to: UInt8.self),
      count: Int(pathLengths[position]))
  }

  deinit {
    paths?.deallocate()
    if file == nil { base.deallocate() }
  }

  /// Nil if the file holds what is not understood here: another version, an extension that must not be ignored, or
  /// nothing that makes sense. Git itself has to look at it then.
  ///
  /// `written` is the time of the index that the file was made from, where it is a copy.
  convenience init?(_ file: MappedFile, hashLength: Int, written: Int64? = nil) {
    guard let parsed = IndexParser(file.bytes, hashLength: hashLength).parse(),
      let base = file.bytes.baseAddress
    else { return nil }
    self.init(file, parsed, base: base, hashLength: hashLength, written: written ?? file.status.modified)
  }

  /// That of a repository in which nothing was ever staged.
  static func empty(hashLength: Int) -> IndexFile {
    let nothing = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
    return IndexFile(nil, IndexParser.Parsed(), base: nothing, hashLength: hashLength, written: 0)
  }

  private init(
    _ file: MappedFile?, _ parsed: IndexParser.Parsed, base: UnsafeRawPointer, hashLength: Int, written: Int64
  ) {
    self.file = file
    self.base = base
    pathBase = parsed.paths?.baseAddress.map { UnsafeRawPointer($0) } ?? base
    self.hashLength = hashLength
    self.written = written
    paths = parsed.paths
    offsets = parsed.offsets
    pathStarts = parsed.pathStarts
    pathLengths = parsed.pathLengths
    knownTrees = parsed.knownTrees
    hasSkipped = parsed.hasSkipped
  }
}

/// What of a file's status tells that it has changed, as `core.fileMode` and its like say.
struct StatRules: Sendable {
  /// Whether the permission to execute counts.
  var trustsMode = true
  var trustsChangeTime = true
  /// Only size and whole seconds count.
  var isMinimal = false

  func hasKind(_ status: FileStatus, _ mode: UInt32) -> Bool {
    switch status.kind {
    case .file: mode & 0o170000 == 0o100000 && (!trustsMode || (mode & 0o100 != 0) == status.isExecutable)
    case .link: mode & 0o170000 == 0o120000
    case .directory, .other: false
    }
  }

  /// Whether something that was last changed when `status` says may have changed again, unseen, at or after
  /// `moment`: within one tick of the clock, two changes look alike.
  ///
  /// A time without a fraction comes from a file system that keeps whole seconds, or, as FAT, every other one. Content
  /// dated further ahead than is counted was so by hand: the next change will date it anew.
  static func mayHaveChanged(_ status: FileStatus, after moment: Int64) -> Bool {
    func isClose(_ time: Int64) -> Bool {
      time % 1_000_000_000 == 0 ? time > max(moment, 0) - 2_000_000_000 : time >= moment
    }
    return status.modified < .max && isClose(status.modified) || isClose(status.changed)
  }
}
