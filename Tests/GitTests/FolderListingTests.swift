#if os(Linux)
  import Files
  import Glibc
  import TestSupport
  import Testing

  @Suite struct FolderListings {
    /// A program that has ended, and that nobody has asked for its end, has no network to tell of: its folder can be
    /// opened, but not be read.
    @Test func anErrorIsNotTheEnd() throws {
      let program = try RunningProgram("true", [], environment: ["PATH": "/usr/bin:/bin"])
      var information = siginfo_t()
      while waitid(P_PID, id_t(program.identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      let folder = "/proc/\(program.identifier)/net"
      let error = #expect(throws: FileError.self) { try Files.list(folder) }
      #expect(error?.code == EINVAL)
      #expect(throws: FileError.self) { try Directory(folder).list(into: FolderListing()) }
      program.wait()
    }
  }
#endif
