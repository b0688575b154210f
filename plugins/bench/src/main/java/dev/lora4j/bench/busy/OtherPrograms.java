package dev.lora4j.bench.busy;

import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Processes that do nothing but keep a processor busy each. They end when this is closed, and when
 * this process ends in whatever way.
 */
final class OtherPrograms implements AutoCloseable {
  private static final Duration AT_WORK = Duration.ofMillis(100);
  private static final long PAUSE_MILLIS = 20;
  private static final int PAUSES = 1_500;

  private final List<Process> processes = new ArrayList<>();

  private OtherPrograms() {}

  /**
   * Starts them and waits until each is at work.
   *
   * @throws Failure if one cannot be started
   */
  static OtherPrograms start(int count) {
    OtherPrograms programs = new OtherPrograms();
    try {
      for (int i = 0; i < count; i++) {
        programs.processes.add(new ProcessBuilder(command()).redirectErrorStream(true).start());
      }
      for (Process process : programs.processes) {
        awaitWork(process);
      }
      return programs;
    } catch (IOException e) {
      programs.close();
      throw new Failure("A busy process cannot be started: " + e.getMessage() + ".", e);
    } catch (RuntimeException e) {
      programs.close();
      throw e;
    }
  }

  private static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx16m",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        BusyLoop.class.getName());
  }

  private static void awaitWork(Process process) {
    for (int i = 0; i < PAUSES && process.isAlive(); i++) {
      Duration done = process.info().totalCpuDuration().orElse(AT_WORK);
      if (done.compareTo(AT_WORK) >= 0) {
        return;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("Interrupted.");
      }
    }
    throw new Failure("A busy process did not come to work.");
  }

  /** The processes, for whoever wants to look at them. */
  List<ProcessHandle> handles() {
    return processes.stream().map(Process::toHandle).toList();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    for (Process process : processes) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        // The interrupt is a request to end, and nothing else is left to do.
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
