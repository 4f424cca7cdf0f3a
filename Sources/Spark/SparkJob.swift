/// The job that runs the filters on Apache Spark: a program in Python, carried along so that whoever has `waybill` has it too.
public enum SparkJob {
  /// `waybill_job.py`, as it lies beside this file.
  public static var text: [UInt8] { PackageResources.waybill_job_py }
}
