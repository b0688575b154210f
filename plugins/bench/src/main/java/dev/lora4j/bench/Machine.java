package dev.lora4j.bench;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.runtime.Processor;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Machine of a measurement.
 *
 * @param threads inside one operator, for all contenders
 * @param load processes that could use a core in the minute before, on average; negative if the
 *     system does not report it
 */
public record Machine(String cpu, int cores, String java, String engine, int threads, double load) {
  /** This machine, with its state before the measurement. */
  static Machine now(Engine engine) {
    return new Machine(
        Processor.model(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version", "unknown"),
        engine.version(),
        engine.threads(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  /** One line for people. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%s, %d %s, Java %s, %s, %d %s, load %s",
        cpu,
        cores,
        cores == 1 ? "core" : "cores",
        java,
        engine,
        threads,
        threads == 1 ? "thread" : "threads",
        load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load));
  }
}
