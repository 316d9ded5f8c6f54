import Synchronization
import Testing

@testable import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct WorkersTests {
  /// They stay off the core of the one that made them, where there are others.
  @Test(.enabled(if: Files.isReadable("/proc/thread-self/status")))
  func threadsRunElsewhereThanTheirMaker() throws {
    let own = try #require(Self.allowedCores())
    let found = Mutex<[Int: Set<Int>]>([:])
    Workers.run(4) { number in found.withLock { $0[number] = Self.allowedCores() } }
    let cores = found.withLock { $0 }
    #expect(cores[0] == own)
    for number in 1...3 {
      let others = try #require(cores[number])
      #expect(others.isSubset(of: own) && others.count == max(1, own.count - 1))
    }
  }

  /// All of what their maker may, if they will wait more than work.
  @Test(.enabled(if: Files.isReadable("/proc/thread-self/status")))
  func threadsThatWaitMayRunAnywhere() throws {
    let own = try #require(Self.allowedCores())
    let found = Mutex<[Set<Int>?]>([])
    Workers.run(3, isWaiting: true) { _ in found.withLock { $0.append(Self.allowedCores()) } }
    #expect(found.withLock { $0 } == [own, own, own])
  }

  /// The system may give some threads and not others.
  @Test func everyNumberIsRunOnce() {
    let found = Mutex<[Int]>([])
    var asked = 0
    func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
      asked += 1
      return (2...3).contains(asked) ? Workers.start(body, elsewhere: false) : nil
    }
    Workers.run(5, starting: start) { number in found.withLock { $0.append(number) } }
    #expect(found.withLock { $0.sorted() } == [0, 1, 2, 3, 4])
  }

  @Test func aDeadlineNeedsNoThread() async {
    await #expect(processExitsWith: .exitCode(0)) {
      Deadline(milliseconds: 50) {}.startTimer()
      try await Task.sleep(for: .seconds(60))
      throw CancellationError()
    }
  }

  /// Of the calling thread.
  private static func allowedCores() -> Set<Int>? {
    let status = try? Files.read("/proc/thread-self/status")
    let line = status.map { String(decoding: $0, as: UTF8.self) }?.split(separator: "\n")
      .first { $0.hasPrefix("Cpus_allowed_list:") }
    return line.map { line in
      // Ranges, such as `0-3,8`.
      line.dropFirst(18).split(separator: ",").reduce(into: []) { cores, range in
        let ends = range.split(separator: "-").compactMap { Int($0.filter(\.isNumber)) }
        if let first = ends.first, let last = ends.last { cores.formUnion(first...last) }
      }
    }
  }
}
