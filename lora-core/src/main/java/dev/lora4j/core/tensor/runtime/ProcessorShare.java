package dev.lora4j.core.tensor.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Number of processors that this process may keep busy, and so the default number of threads inside
 * an operator.
 *
 * @param usable at least 1
 * @param all processors of the machine
 * @param reason why these are not as many; empty if nothing keeps the process from using all
 */
public record ProcessorShare(int usable, int all, Optional<String> reason) {
  /** Least fraction of a processor in a quota that is worth one more thread. */
  private static final double WORTH_A_THREAD = 0.25;

  /**
   * Share of this process: {@code OMP_NUM_THREADS} as for other programs that use OpenMP; else the
   * least of Java's count, the processors that the system allows, and the quota of its control
   * groups.
   */
  public static ProcessorShare ofThisProcess() {
    return of(Path.of("/"), Runtime.getRuntime().availableProcessors(), System.getenv());
  }

  /**
   * Share of a process on another machine.
   *
   * @param root of the file system with the system's files
   * @param java number of processors that Java finds
   */
  static ProcessorShare of(Path root, int java, Map<String, String> environment) {
    OptionalInt allowed = count(field(root.resolve("proc/self/status"), "Cpus_allowed_list:"));
    int all = count(field(root.resolve("sys/devices/system/cpu/online"), "")).orElse(java);
    all = Math.max(all, Math.max(java, allowed.orElse(1)));
    OptionalInt asked = threads(environment.getOrDefault("OMP_NUM_THREADS", ""));
    if (asked.isPresent()) {
      return new ProcessorShare(asked.getAsInt(), all, Optional.of("OMP_NUM_THREADS"));
    }
    ProcessorShare share = new ProcessorShare(all, all, Optional.empty());
    share = share.atMost(allowed.orElse(all), "processor affinity");
    OptionalDouble quota = CpuQuota.processors(root);
    if (quota.isPresent()) {
      String text = String.format(Locale.ROOT, "CPU quota of %.2f", quota.getAsDouble());
      share = share.atMost(threads(quota.getAsDouble()), text.replaceFirst("\\.?0+$", ""));
    }
    return share.atMost(java, "what Java may use");
  }

  private ProcessorShare atMost(int limit, String why) {
    return limit < usable ? new ProcessorShare(Math.max(1, limit), all, Optional.of(why)) : this;
  }

  /**
   * Threads for a quota. A thread more than whole processors are granted waits for a part of the
   * time, and so do the others for it.
   */
  private static int threads(double quota) {
    return (int) Math.max(1, Math.floor(Math.min(quota, 1e6) + 1 - WORTH_A_THREAD));
  }

  /** The first level of OpenMP's list, if it is one. */
  private static OptionalInt threads(String text) {
    String first = text.split(",", -1)[0].strip();
    return first.matches("[1-9]\\d{0,4}")
        ? OptionalInt.of(Integer.parseInt(first))
        : OptionalInt.empty();
  }

  /** Number of entries of a list such as {@code 0-3,8}. */
  private static OptionalInt count(String list) {
    int count = 0;
    for (String range : list.split(",", -1)) {
      if (!range.strip().matches("\\d{1,6}(-\\d{1,6})?")) {
        return OptionalInt.empty();
      }
      String[] ends = range.strip().split("-", -1);
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count > 0 ? OptionalInt.of(count) : OptionalInt.empty();
  }

  /** The rest of the first line that begins so. */
  private static String field(Path file, String name) {
    try {
      return Files.isReadable(file)
          ? Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
              .filter(line -> line.startsWith(name))
              .map(line -> line.substring(name.length()).strip())
              .findFirst()
              .orElse("")
          : "";
    } catch (IOException e) {
      // As where the system has no such file.
      return "";
    }
  }

  /** For people, for example {@code 2 of 8 processors (CPU quota of 1.5)}. */
  @Override
  public String toString() {
    return usable
        + (usable == all ? "" : " of " + all)
        + (all == 1 ? " processor" : " processors")
        + reason.map(why -> " (" + why + ")").orElse("");
  }
}
