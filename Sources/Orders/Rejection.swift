/// The frozen codes of rejection, in order of precedence: `W` and three digits, never renumbered, never reused.
///
/// W100-W149: the bytes are not sound. W150-W199: sound, but not a file of ours. W2: the row. W3: the order's state.
/// W4: the partner's terms. W5: stock. The sentences are made here and nowhere else.

/// Who must act on a rejection.
public enum Actor: String, Sendable {
  /// The sender corrects the data and drops the row again.
  case partner
  /// The operator of the exchange changes the configuration or the set-up.
  case operations
  /// The carrier must answer.
  case carrier
}

/// A rejection code.
public enum RejectionCode: UInt16, CaseIterable, Sendable {
  // The bytes are not sound.
  case notUTF8 = 101
  case brokenJSON = 102
  case unclosedQuote = 103
  case strayQuote = 104
  case cellCountDiffers = 105
  case truncated = 106
  case nulByte = 107
  case brokenGzip = 108
  case overBound = 109
  case duplicateKey = 110
  case loneSurrogate = 111
  // Sound, but not a file of ours.
  case unrouted = 150
  case emptyFile = 151
  case missingColumn = 152
  case duplicateColumn = 153
  case unknownShape = 154
  case recordNotAnObject = 155
  case nameNotAcceptable = 156
  case ourOwnFault = 190
  // The row.
  case missingValue = 201
  case badTime = 202
  case badQuantity = 203
  case badAmount = 204
  case spreadsheetDamage = 205
  case valueTooLong = 206
  case forbiddenCharacter = 207
  case missingKey = 208
  case unknownWord = 209
  case timeWithoutClock = 210
  case sameReference = 211
  case zerosLost = 212
  // The order's state.
  case unknownOrder = 301
  case notTheNextStep = 302
  case unknownShipment = 303
  case assignmentFirst = 304
  case noAWB = 305
  case awbInUse = 306
  case invoiceInUse = 307
  case lineConflict = 308
  case scanConflict = 309
  case shipmentClosed = 310
  case cancelRefused = 311
  case orderIsSplit = 312
  case keysDisagree = 313
  case reassignmentTooLate = 314
  case orderNumberInUse = 315
  case manifestConflict = 316
  case referenceConflict = 317
  case parkedTooLong = 318
  case quantityOutOfBalance = 319
  case unknownSuborder = 320
  case statesDiffer = 321
  case quantitiesDiffer = 322
  // The partner's terms.
  case kindNotAllowed = 401
  case locationNotYours = 402
  case inventorySettingOff = 403
  case apiModeOff = 404
  case credentialsAlreadySet = 405
  case marketplaceAssigns = 406
  case returnsNotHandled = 407
  case courierNotYours = 408
  case overErrorBudget = 409
  case carrierFirst = 410
  // Stock.
  case stockConflict = 501

  public init?(name: String) {
    guard name.utf8.count == 4, name.utf8.first == UInt8(ascii: "W") || name.utf8.first == UInt8(ascii: "w"),
      let number = UInt16(name.dropFirst()), name.dropFirst().allSatisfy(\.isNumber)
    else { return nil }
    self.init(rawValue: number)
  }

  /// `W302`.
  public var name: String { "W\(rawValue)" }
}

/// What a rejection means, for `explain`, the README and the partner kit.
public struct RejectionMeaning: Sendable {
  public let code: RejectionCode
  /// A sentence that holds for every row with the code; groups in an ack carry it.
  public let sentence: String
  public let who: Actor
  /// What the one who must act does.
  public let remedy: String
  /// A smallest example, as a partner would meet it.
  public let example: String
}

/// One fault found in a row or a file.
public struct Fault: Equatable, Sendable {
  public var code: RejectionCode
  /// The column it was found in, if in one.
  public var column: Column?
  /// The value as it was sent: a range of the batch's bytes; absent where there is none.
  public var value: Slice
  /// Byte offset, expected count or another number that the sentence names.
  public var number: Int64
  /// A second number (the count that was found).
  public var second: Int64
  /// How the pieces stand that the row would bring out of balance (W319).
  public var balance: QuantityBalance?

  public init(
    _ code: RejectionCode, _ column: Column? = nil, value: Slice = .absent, number: Int64 = 0,
    second: Int64 = 0, balance: QuantityBalance? = nil
  ) {
    self.code = code
    self.column = column
    self.value = value
    self.number = number
    self.second = second
    self.balance = balance
  }
}
