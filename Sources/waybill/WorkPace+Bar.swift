import Exchange

extension WorkPace {
  /// Shows the work as its caller wants it shown.
  convenience init(_ work: Work) {
    self.init { done, total, unit, subject in
      work.progress(
        Headway(done: Int(done), total: Int(total), unit: unit, subject: SafeText.of(subject)))
    }
  }
}
