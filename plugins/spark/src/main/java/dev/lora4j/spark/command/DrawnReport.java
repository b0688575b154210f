package dev.lora4j.spark.command;

import java.util.List;

/**
 * What became of rows.
 *
 * @param pictures how many were made
 * @param lines about where they are
 * @param failed why each of the others was not
 */
record DrawnReport(long pictures, List<String> lines, List<String> failed) {
  DrawnReport {
    lines = List.copyOf(lines);
    failed = List.copyOf(failed);
  }
}
