import Foundation
import Git
import Synchronization
import TestSupport
import Testing

@Suite struct ReferenceSuite {
  /// libgit2's own call looks whether the reference is there before it takes the lock.
  @Test(.timeLimit(.minutes(1))) func ofTwoThatCreateAReferenceOneWins() throws {
    let scratch = try ScratchRepository()
    try scratch.commit("one")
    try scratch.commit("two")
    let path = scratch.path
    let environment = scratch.environment
    let commits = try ["HEAD", "HEAD~1"].map { revision in
      try #require(ObjectID(try scratch.git("rev-parse", revision).dropLast()))
    }
    let rounds = 100
    let wins = Mutex([Int](repeating: 0, count: rounds))
    let arrived = Atomic<Int>(0)
    let threads = commits.map { commit in
      Thread {
        guard let rival = try? Repository(discoveringFrom: path, git: GitExecutable(environment: environment))
        else { return }
        for round in 0..<rounds {
          arrived.add(1, ordering: .sequentiallyConsistent)
          while arrived.load(ordering: .sequentiallyConsistent) < 2 * (round + 1) { sched_yield() }
          do throws(GitError) {
            try rival.move("refs/test/\(round)", from: nil, to: commit, log: "test")
            wins.withLock { $0[round] += 1 }
          } catch {
            if error.kind != .moved { Issue.record(error) }
          }
        }
      }
    }
    for thread in threads { thread.start() }
    while !threads.allSatisfy(\.isFinished) { usleep(1000) }
    #expect(wins.withLock(\.self) == [Int](repeating: 1, count: rounds))
  }
}
