extension Books {
  /// Makes a courier known in the spelling in which some other part of the exchange wrote it first.
  public mutating func seed(courier: [UInt8]) { _ = courierNumber(courier[...]) }
}
