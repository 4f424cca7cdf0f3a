import Foundation

/// Is much to be tried, some minutes long, or a sample? `WAYBILL_LONG=1` asks for it.
package let isLongRun = ["1", "all"].contains(ProcessInfo.processInfo.environment["WAYBILL_LONG"])
