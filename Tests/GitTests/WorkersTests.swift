import Files
import Synchronization
import Testing

@Suite struct WorkersTests {
  /// Threads leave the core of the one that made them, and stay free to run wherever that one may.
  @Test(.enabled(if: Files.isReadable("/proc/thread-self/status")))
  func threadsMayRunWhereTheirMakerMay() throws {
    let own = try #require(Self.allowedCores())
    let found = Mutex<[Int: String]>([:])
    Workers.run(4) { number in found.withLock { $0[number] = Self.allowedCores() } }
    #expect(found.withLock { $0 } == [0: own, 1: own, 2: own, 3: own])
  }

  /// Of the calling thread, as the system writes them.
  private static func allowedCores() -> String? {
    let status = try? Files.read("/proc/thread-self/status")
    return status.map { String(decoding: $0, as: UTF8.self) }?.split(separator: "\n")
      .first { $0.hasPrefix("Cpus_allowed:") }.map(String.init)
  }
}
