#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `lstat` says of a path: its kind, and enough to tell later whether the file is still the same.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case file, directory, link, other }

  package let kind: Kind
  package let isExecutable: Bool
  /// The permission bits.
  package let permissions: UInt32
  /// In bytes.
  package let size: Int64
  package let device: UInt64
  package let inode: UInt64
  /// Last change of the content, in nanoseconds since 1970.
  package let modified: Int64
  /// Last change of the inode, in nanoseconds since 1970.
  package let changed: Int64

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
    #if canImport(Glibc)
      let (modification, change) = (raw.st_mtim, raw.st_ctim)
    #else
      let (modification, change) = (raw.st_mtimespec, raw.st_ctimespec)
    #endif
    modified = Int64(modification.tv_sec) * 1_000_000_000 + Int64(modification.tv_nsec)
    changed = Int64(change.tv_sec) * 1_000_000_000 + Int64(change.tv_nsec)
  }
}
