import Files
import Synchronization
import Testing

@testable import Snapshots

@Suite struct WorkStackTests {
  /// Each piece of work brings two smaller ones; threads come and go as they like.
  @Test(arguments: [1, 2, 7]) func allWorkIsDoneByAnyNumberOfThreads(_ threads: Int) {
    let stack = WorkStack([10])
    let done = Mutex(0)
    let body: @Sendable (Int) -> [Int] = { size in
      done.withLock { $0 += 1 }
      return size > 0 ? [size - 1, size - 1] : []
    }
    Workers.run(threads) { _ in stack.run(body) }
    #expect(done.withLock { $0 } == 2047)
    stack.run(body)
    #expect(done.withLock { $0 } == 2047)
  }
}
