#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `lstat` says of a path: its kind, and enough to tell later whether the file is still the same.
package struct FileStatus: Hashable, Sendable {
  /// The numbers are those that are kept in files.
  package enum Kind: UInt8, Sendable { case file, directory, link, other }

  package let kind: Kind
  package let isExecutable: Bool
  /// The permission bits.
  package let permissions: UInt32
  /// In bytes.
  package let size: Int64
  package let device: UInt64
  package let inode: UInt64
  package let owner: UInt32
  package let group: UInt32
  /// Last change of the content, in nanoseconds since 1970; a time before 1677 or after 2262 is the least or the
  /// greatest number.
  package let modified: Int64
  /// Last change of the inode, in the same way.
  package let changed: Int64

  private init(
    kind: Kind, isExecutable: Bool, permissions: UInt32, size: Int64, device: UInt64, inode: UInt64,
    owner: UInt32, group: UInt32, modified: Int64, changed: Int64
  ) {
    self.kind = kind
    self.isExecutable = isExecutable
    self.permissions = permissions
    self.size = size
    self.device = device
    self.inode = inode
    self.owner = owner
    self.group = group
    self.modified = modified
    self.changed = changed
  }

  init(_ raw: stat) {
    switch raw.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .link
    default: kind = .other
    }
    permissions = UInt32(raw.st_mode) & 0o7777
    isExecutable = raw.st_mode & S_IXUSR != 0
    size = Int64(raw.st_size)
    device = UInt64(truncatingIfNeeded: raw.st_dev)
    inode = UInt64(raw.st_ino)
    owner = raw.st_uid
    group = raw.st_gid
    #if canImport(Glibc)
      let (modification, change) = (raw.st_mtim, raw.st_ctim)
    #else
      let (modification, change) = (raw.st_mtimespec, raw.st_ctimespec)
    #endif
    modified = Self.nanoseconds(modification)
    changed = Self.nanoseconds(change)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    let (seconds, isFar) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let (whole, isTooFar) = seconds.addingReportingOverflow(Int64(time.tv_nsec))
    return isFar || isTooFar ? time.tv_sec < 0 ? .min : .max : whole
  }
}

extension FileStatus {
  package static let valueCount = 9

  /// All that it says, to be kept in a file.
  package var values: [Int64] {
    [
      Int64(kind.rawValue), Int64(permissions), size, Int64(bitPattern: device), Int64(bitPattern: inode),
      Int64(owner), Int64(group), modified, changed,
    ]
  }

  /// Reads what ``values`` gives; nil if that is something else.
  package init?(values: [Int64]) {
    guard values.count == Self.valueCount, let kind = UInt8(exactly: values[0]).flatMap(Kind.init),
      let permissions = UInt32(exactly: values[1]), let owner = UInt32(exactly: values[5]),
      let group = UInt32(exactly: values[6])
    else { return nil }
    self.init(
      kind: kind, isExecutable: permissions & 0o100 != 0, permissions: permissions, size: values[2],
      device: UInt64(bitPattern: values[3]), inode: UInt64(bitPattern: values[4]), owner: owner, group: group,
      modified: values[7], changed: values[8])
  }
}
