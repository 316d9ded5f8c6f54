/// A moment, in milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC.
///
/// The calendar arithmetic is Howard Hinnant's `days_from_civil`; Foundation's formatters would bring ICU into
/// every start of the program.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  /// The moments that ``description`` can write in a form that is read again: the years 0 to 9999.
  package static let readable =
    Timestamp(milliseconds: -62_167_219_200_000)...Timestamp(milliseconds: 253_402_300_799_999)

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package var seconds: Int64 { milliseconds.flooredQuotient(by: 1000) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// The milliseconds from `earlier` until this moment; clocks of two machines may disagree, so never negative.
  package func milliseconds(since earlier: Timestamp) -> Int64 { max(0, milliseconds - earlier.milliseconds) }

  /// Whether this moment comes after `earlier`, or with it, by at most so many milliseconds. One that lies ahead is of
  /// a clock that was set back since: nobody knows how long ago it was.
  package func isWithin(_ milliseconds: Int64, after earlier: Timestamp) -> Bool {
    let (passed, isTooLong) = self.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    return !isTooLong && (0...milliseconds).contains(passed)
  }
}

extension Timestamp: CustomStringConvertible {
  /// `2026-11-21T09:30:00.250Z`
  package var description: String {
    let fields = civil
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.form.count)
    // A year beyond four digits takes more room, and is not read again.
    bytes += Self.padded(fields[0], 4)
    for (position, separator) in "--T::".utf8.enumerated() {
      bytes.append(separator)
      bytes += Self.padded(fields[1 + position], 2)
    }
    bytes.append(UInt8(ascii: "."))
    bytes += Self.padded(fields[6], 3)
    bytes.append(UInt8(ascii: "Z"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `2026-11-21 09:30 UTC`, for people.
  package var minute: String {
    let text = description
    let parts = text.split(separator: "T")
    return "\(parts[0]) \(parts[1].prefix(5)) UTC"
  }

  /// Year, month, day, hour, minute, second, millisecond.
  private var civil: [Int64] {
    let days = seconds.flooredQuotient(by: 86_400)
    let second = seconds.flooredRemainder(by: 86_400)
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return [
      year, month, day, second / 3600, second / 60 % 60, second % 60,
      milliseconds.flooredRemainder(by: 1000),
    ]
  }

  private static func padded(_ number: Int64, _ width: Int) -> [UInt8] {
    let digits = Array(String(number).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - digits.count)) + digits
  }
}

extension Timestamp {
  /// Where digits stand in ``description``, and what stands between them.
  private static let form = Array("0000-00-00T00:00:00.000Z".utf8)

  /// Reads exactly what ``description`` writes; the fraction may be absent.
  package init?(_ text: String) {
    let withoutFraction = Self.form.count - 4
    var bytes = Array(text.utf8)
    if bytes.count == withoutFraction { bytes.insert(contentsOf: ".000".utf8, at: withoutFraction - 1) }
    guard bytes.count == Self.form.count else { return nil }
    var numbers: [Int64] = [0]
    for (byte, place) in zip(bytes, Self.form) {
      if place == UInt8(ascii: "0") {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(byte - UInt8(ascii: "0"))
      } else {
        guard byte == place else { return nil }
        numbers.append(0)
      }
    }
    let (year, month, day) = (numbers[0], numbers[1], numbers[2])
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredQuotient(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let (hour, minute, second) = (numbers[3], numbers[4], numbers[5])
    milliseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + numbers[6]
    // What is no month, day or hour would be written otherwise.
    guard civil.elementsEqual(numbers.prefix(7)) else { return nil }
  }
}

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    self / divisor - (self % divisor < 0 ? 1 : 0)
  }
  fileprivate func flooredRemainder(by divisor: Int64) -> Int64 {
    self - flooredQuotient(by: divisor) * divisor
  }
}
