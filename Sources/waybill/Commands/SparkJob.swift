/// `waybill spark-job`: the program that spreads an exchange's backlog over a cluster.

import Spark

enum SparkJobCommand {
  static let verb = Verb(
    name: "spark-job",
    summary: "prints the job that processes a backlog on Apache Spark",
    description: [
      "A program in Python for spark-submit. It reads an inbox and a snapshot through Spark's file systems, calls",
      "`waybill route`, `judge` and `assemble` on the workers, and writes the outbox and the next snapshot. Its",
      "opening comment says how it is called.",
    ],
    options: [], statuses: [.done, .wrongUsage],
    examples: [
      .init(line: "waybill spark-job", meaning: "the job, to be kept as a file for spark-submit")
    ],
    run: { call throws(Stop) in
      call.console.data(SparkJob.text)
      return .done
    })
}
