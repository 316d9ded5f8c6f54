/// Leads from the first bytes of what may be a secret to the rules that know.
///
/// Nearly all of a text is passed over by one look at a pair of bytes, and most of the rest by one at the two bytes
/// behind.
struct RuleTable: Sendable {
  /// By pairs of bytes: the place in the arrays below, or 0.
  let entries: [UInt16]
  private let candidates: [[Redaction.Rule]]
  /// What the third and the fourth byte may be.
  let gates: [Gate]

  struct Gate: Sendable {
    var third = ByteClass()
    var fourth = ByteClass()
  }

  /// What may stand at the beginning of a secret, one class for each byte.
  typealias Opening = [ByteClass]

  init(_ rules: [Redaction.Rule]) {
    let openings = rules.map(\.opening)
    var places: [Int: [Int]] = [:]
    for (place, opening) in openings.enumerated() {
      for first in opening[0].members {
        for second in opening[1].members {
          places[Int(first) << 8 | Int(second), default: []].append(place)
        }
      }
    }
    var entries = [UInt16](repeating: 0, count: 1 << 16)
    var (candidates, gates): ([[Redaction.Rule]], [Gate]) = ([[]], [Gate()])
    var known: [[Int]: Int] = [:]
    for (pair, list) in places {
      let entry = known[list] ?? candidates.count
      if entry == candidates.count {
        known[list] = entry
        candidates.append(list.map { rules[$0] })
        gates.append(Self.gate(list.map { openings[$0] }))
      }
      entries[pair] = UInt16(entry)
    }
    Self.addEscapes(to: &entries, as: UInt16(candidates.count))
    candidates.append([])
    gates.append(Self.gate([]))
    (self.entries, self.candidates, self.gates) = (entries, candidates, gates)
  }

  func candidates(_ first: UInt8, _ second: UInt8) -> [Redaction.Rule] {
    candidates[Int(entries[Int(first) << 8 | Int(second)])]
  }

  /// Either byte of a pair may be written as an escape by its number, and is looked up as what it means. The second
  /// backslash of two begins none.
  private static func addEscapes(to entries: inout [UInt16], as escape: UInt16) {
    let backslash = Int(UInt8(ascii: "\\"))
    for first in 0..<256 where entries[first << 8..<(first + 1) << 8].contains(where: { $0 != 0 }) {
      if entries[first << 8 | backslash] == 0 { entries[first << 8 | backslash] = escape }
    }
    entries[backslash << 8 | Int(UInt8(ascii: "u"))] = escape
    entries[backslash << 8 | backslash] = 0
  }

  /// Lets through what any of the openings begins with; without openings, what may be an escape.
  private static func gate(_ openings: [Opening]) -> Gate {
    func either(_ index: Int) -> ByteClass {
      openings.reduce(ByteClass("\\")) { $0.union($1.count > index ? $1[index] : .all) }
    }
    return openings.isEmpty
      ? Gate(third: ByteClass("u0/\\"), fourth: .all) : Gate(third: either(2), fourth: either(3))
  }
}

extension Redaction.Rule {
  /// At least two classes.
  var opening: RuleTable.Opening {
    func literal(_ text: StaticString) -> RuleTable.Opening { text.description.utf8.map { ByteClass([$0]) } }
    return switch self {
    case .pattern(let pattern): pattern.opening
    case .name(let name): name.opening
    case .command(let command): command.opening
    case .address: [ByteClass(":"), ByteClass("/"), ByteClass("/")]
    case .bearer: literal("Bear")
    case .cookie: "cook".utf8.map { ByteClass([$0, $0 - 0x20]) }
    case .dataSource: [ByteClass("@"), ByteClass("tuTU"), ByteClass("cnCN"), ByteClass("piPI")]
    case .database: literal("IDEN")
    case .encodedKey: literal("LS0t")
    case .htpasswd: literal("htpa")
    case .netrc: literal("mach")
    case .privateKey: literal("----")
    case .marker: literal("[red")
    case .opaque(let member): member.opening
    }
  }
}
