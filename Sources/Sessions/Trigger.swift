/// Why a checkpoint was taken.
package enum Trigger: String, CaseIterable, Codable, Sendable {
  case manual, commit, turn, threshold, compaction, phase, interval, exit, safety, start
}
