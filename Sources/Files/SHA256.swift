// SHA-256 (FIPS 180-4) is a file's identity: two files with one digest are the same file.

internal import Digest

/// The SHA-256 of bytes that arrive in pieces.
///
/// By the processor's own instructions where it has them (room Digest), else scalar and unrolled sixteen rounds at a time.
public struct SHA256: Sendable {
  private var state = initialState
  /// The bytes of an unfinished block, always fewer than 64.
  private var pending: [UInt8] = []
  private var lengthBytes: UInt64 = 0
  /// Uses the rounds that every processor knows, whatever this one has.
  private let isPortable: Bool

  public init() { self.init(portable: false) }

  /// - Parameter portable: leave the processor's own instructions aside.
  init(portable: Bool) {
    isPortable = portable || !SHA256Instructions.areAvailable
    pending.reserveCapacity(64)
  }

  /// The digest of these bytes alone, 32 bytes.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var sum = SHA256()
    sum.update(bytes)
    return sum.finish()
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { update($0) }
  }

  public mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { update($0) }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    lengthBytes += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let missing = min(64 - pending.count, rest.count)
      pending.append(contentsOf: rest.prefix(missing))
      rest = rest.dropFirst(missing)
      if pending.count < 64 { return }
      pending.withUnsafeBytes { state = folded(state, $0, blocks: 1) }
      pending.removeAll(keepingCapacity: true)
    }
    let blocks = rest.count / 64
    if blocks > 0 {
      state = folded(state, UnsafeRawBufferPointer(rebasing: rest), blocks: blocks)
      rest = rest.dropFirst(blocks * 64)
    }
    pending.append(contentsOf: rest)
  }

  /// The digest of everything so far, 32 bytes; more may follow.
  public func finish() -> [UInt8] {
    var tail = pending
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: (lengthBytes << 3) >> shift))
    }
    let end = tail.withUnsafeBytes { folded(state, $0, blocks: tail.count / 64) }
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for lane in 0..<8 {
      for shift in stride(from: UInt32(24), through: 0, by: -8) {
        digest.append(UInt8(truncatingIfNeeded: end[lane] >> shift))
      }
    }
    return digest
  }

  // MARK: The rounds

  /// Sound: `bytes` holds at least `blocks * 64` bytes (both callers see to it), and every load lies in those; `k`
  /// holds 64 words and is indexed below 64.
  private func folded(
    _ state: SIMD8<UInt32>, _ bytes: UnsafeRawBufferPointer, blocks: Int
  ) -> SIMD8<UInt32> {
    precondition(bytes.count >= blocks * 64)
    return Self.constants.withUnsafeBufferPointer { k in
      if !isPortable, blocks > 0, let start = bytes.baseAddress, let words = k.baseAddress {
        return SHA256Instructions.fold(state, start, blocks: blocks, words)
      }
      return Self.portable(state, bytes, blocks: blocks, k)
    }
  }

  /// The rounds that every processor knows.
  private static func portable(
    _ state: SIMD8<UInt32>, _ bytes: UnsafeRawBufferPointer, blocks: Int, _ k: UnsafeBufferPointer<UInt32>
  ) -> SIMD8<UInt32> {
    var sum = state
    for block in 0..<blocks { sum &+= compressed(sum, bytes, at: block * 64, k) }
    return sum
  }

  @inline(__always)
  private static func compressed(
    _ state: SIMD8<UInt32>, _ bytes: UnsafeRawBufferPointer, at offset: Int, _ k: UnsafeBufferPointer<UInt32>
  ) -> SIMD8<UInt32> {
    var a = state[0], b = state[1], c = state[2], d = state[3]
    var e = state[4], f = state[5], g = state[6], h = state[7]
    var w0 = word(bytes, offset), w1 = word(bytes, offset + 4)
    var w2 = word(bytes, offset + 8), w3 = word(bytes, offset + 12)
    var w4 = word(bytes, offset + 16), w5 = word(bytes, offset + 20)
    var w6 = word(bytes, offset + 24), w7 = word(bytes, offset + 28)
    var w8 = word(bytes, offset + 32), w9 = word(bytes, offset + 36)
    var w10 = word(bytes, offset + 40), w11 = word(bytes, offset + 44)
    var w12 = word(bytes, offset + 48), w13 = word(bytes, offset + 52)
    var w14 = word(bytes, offset + 56), w15 = word(bytes, offset + 60)
    var t = 0
    while true {
      round(a, b, c, &d, e, f, g, &h, k[t] &+ w0)
      round(h, a, b, &c, d, e, f, &g, k[t + 1] &+ w1)
      round(g, h, a, &b, c, d, e, &f, k[t + 2] &+ w2)
      round(f, g, h, &a, b, c, d, &e, k[t + 3] &+ w3)
      round(e, f, g, &h, a, b, c, &d, k[t + 4] &+ w4)
      round(d, e, f, &g, h, a, b, &c, k[t + 5] &+ w5)
      round(c, d, e, &f, g, h, a, &b, k[t + 6] &+ w6)
      round(b, c, d, &e, f, g, h, &a, k[t + 7] &+ w7)
      round(a, b, c, &d, e, f, g, &h, k[t + 8] &+ w8)
      round(h, a, b, &c, d, e, f, &g, k[t + 9] &+ w9)
      round(g, h, a, &b, c, d, e, &f, k[t + 10] &+ w10)
      round(f, g, h, &a, b, c, d, &e, k[t + 11] &+ w11)
      round(e, f, g, &h, a, b, c, &d, k[t + 12] &+ w12)
      round(d, e, f, &g, h, a, b, &c, k[t + 13] &+ w13)
      round(c, d, e, &f, g, h, a, &b, k[t + 14] &+ w14)
      round(b, c, d, &e, f, g, h, &a, k[t + 15] &+ w15)
      t += 16
      if t == 64 { break }
      schedule(&w0, w1, w9, w14)
      schedule(&w1, w2, w10, w15)
      schedule(&w2, w3, w11, w0)
      schedule(&w3, w4, w12, w1)
      schedule(&w4, w5, w13, w2)
      schedule(&w5, w6, w14, w3)
      schedule(&w6, w7, w15, w4)
      schedule(&w7, w8, w0, w5)
      schedule(&w8, w9, w1, w6)
      schedule(&w9, w10, w2, w7)
      schedule(&w10, w11, w3, w8)
      schedule(&w11, w12, w4, w9)
      schedule(&w12, w13, w5, w10)
      schedule(&w13, w14, w6, w11)
      schedule(&w14, w15, w7, w12)
      schedule(&w15, w0, w8, w13)
    }
    return SIMD8(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// One round with its letters already rotated, so that nothing is moved between rounds.
  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
    _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ input: UInt32
  ) {
    let sigma1: UInt32 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    let choice: UInt32 = g ^ (e & (f ^ g))
    let first: UInt32 = h &+ sigma1 &+ choice &+ input
    let sigma0: UInt32 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    let majority: UInt32 = (a & b) | (c & (a | b))
    d = d &+ first
    h = first &+ sigma0 &+ majority
  }

  @inline(__always)
  private static func schedule(_ w: inout UInt32, _ w1: UInt32, _ w9: UInt32, _ w14: UInt32) {
    let sigma0: UInt32 = rotated(w1, 7) ^ rotated(w1, 18) ^ (w1 >> 3)
    let sigma1: UInt32 = rotated(w14, 17) ^ rotated(w14, 19) ^ (w14 >> 10)
    w = w &+ sigma0 &+ w9 &+ sigma1
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word &>> bits | word &<< (32 &- bits)
  }

  private static let initialState: SIMD8<UInt32> = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]

  private static let constants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]
}
