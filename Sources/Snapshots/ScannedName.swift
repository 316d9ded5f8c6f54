import Files
import Git

/// A name in a folder that is being scanned; it is there as long as the listing is.
struct ScannedName {
  let bytes: Glob.Bytes
  let folder: ScannedFolder
  let opened: WorkTreeScan.OpenFolder

  /// Nil without a name.
  init?(_ bytes: Glob.Bytes, in folder: ScannedFolder, opened: WorkTreeScan.OpenFolder) {
    guard let start = bytes.baseAddress else { return nil }
    pointer = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
    self.bytes = bytes
    self.folder = folder
    self.opened = opened
  }

  /// From the top of the work tree.
  var path: [UInt8] { folder.path + bytes }

  var isGitDirectory: Bool { bytes.count == 4 && bytes.elementsEqual(".git".utf8) }

  /// As system calls take it: a zero byte stands behind it.
  let pointer: UnsafePointer<CChar>

  /// Nil if nothing is there.
  func status() throws(GitError) -> FileStatus? {
    do throws(FileError) {
      return try opened.directory.status(ofName: pointer)
    } catch {
      throw GitError(error)
    }
  }
}
