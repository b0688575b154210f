package dev.lora4j.core.tensor.djl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Times of processors until a moment, as Linux counts them.
 *
 * @param processors by number, those that this process may run on
 * @param own ticks that this process computed, on all of them
 */
record ProcessorTimes(Map<Integer, Ticks> processors, long own) {
  /**
   * Fields of a processor's line: its name, user, nice, system, idle, iowait, irq, softirq, steal.
   */
  private static final int FIELDS = 9;

  /** Index of utime, with that of stime, in the line of a process, counted after its name. */
  private static final int USER = 11;

  private static final int SYSTEM = 12;

  /** Copies the map. */
  ProcessorTimes {
    processors = Collections.unmodifiableMap(new TreeMap<>(processors));
  }

  /**
   * Time of one processor.
   *
   * @param busy computing, for anybody
   * @param all that went by
   */
  record Ticks(long busy, long all) {
    /** Times of an unknown processor. */
    static final Ticks NONE = new Ticks(0, 0);
  }

  /**
   * Reads the current times; empty where the system gives none.
   *
   * @param root of the file system; a folder like it in tests
   */
  static Optional<ProcessorTimes> now(Path root) {
    try {
      String line = Files.readString(root.resolve("proc/self/stat"), StandardCharsets.ISO_8859_1);
      String[] self = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      Set<Integer> allowed = allowed(root.resolve("proc/self/status"));
      Map<Integer, Ticks> all = new TreeMap<>();
      for (String each :
          Files.readAllLines(root.resolve("proc/stat"), StandardCharsets.ISO_8859_1)) {
        String[] fields = each.split(" +", -1);
        if (fields[0].matches("cpu\\d{1,6}") && fields.length >= FIELDS) {
          int number = Integer.parseInt(fields[0].substring(3));
          if (allowed.contains(number)) {
            all.put(number, ticks(fields));
          }
        }
      }
      long own = Long.parseLong(self[USER]) + Long.parseLong(self[SYSTEM]);
      return all.isEmpty() ? Optional.empty() : Optional.of(new ProcessorTimes(all, own));
    } catch (IOException | RuntimeException e) {
      // Another system, or one that hides these files.
      return Optional.empty();
    }
  }

  private static Ticks ticks(String[] fields) {
    long all = 0;
    for (int i = 1; i < FIELDS; i++) {
      all += Long.parseLong(fields[i]);
    }
    // The second is of programs of a lower priority. The scheduler weighs them against others of
    // their session alone, so that beside programs of another session they compute like any.
    long busy = 0;
    for (int i : new int[] {1, 2, 3, 6, 7}) {
      busy += Long.parseLong(fields[i]);
    }
    return new Ticks(busy, all);
  }

  /** The processors that the process, and so its first thread, may run on. */
  private static Set<Integer> allowed(Path status) throws IOException {
    Set<Integer> all = new TreeSet<>();
    for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Cpus_allowed_list:")) {
        for (String range : line.substring(line.indexOf(':') + 1).strip().split(",", -1)) {
          String[] ends = range.split("-", -1);
          int last = Integer.parseInt(ends[ends.length - 1]);
          for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
            all.add(i);
          }
        }
      }
    }
    return all;
  }

  /**
   * Number of processors that other programs kept busy since {@code before}; 0 if no time went by.
   */
  double others(ProcessorTimes before) {
    double busy = 0;
    for (int number : processors.keySet()) {
      busy += at(number).busy - before.at(number).busy;
    }
    return Math.max(0, share(before, busy - (own - before.own)));
  }

  /**
   * Number of processors that this process kept busy since {@code before}; 0 if no time went by.
   */
  double own(ProcessorTimes before) {
    return share(before, (double) own - before.own);
  }

  /** Ticks as processors, each of which had the same time. */
  private double share(ProcessorTimes before, double ticks) {
    double all = 0;
    for (int number : processors.keySet()) {
      all += at(number).all - before.at(number).all;
    }
    return all > 0 ? ticks / all * processors.size() : 0;
  }

  private Ticks at(int number) {
    return processors.getOrDefault(number, Ticks.NONE);
  }
}
