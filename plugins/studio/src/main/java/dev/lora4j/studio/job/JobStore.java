package dev.lora4j.studio.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The folders of all jobs. */
final class JobStore {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private JobStore() {}

  /** A folder for a job that is not there yet. Names sort by time. */
  static JobFolder newFolder(Path jobs) {
    Path path;
    do {
      String mark = String.format("%04x", ThreadLocalRandom.current().nextInt(1 << 16));
      path = jobs.resolve(TIME.format(Instant.now()) + "-" + mark);
    } while (Files.exists(path));
    return new JobFolder(path);
  }

  /**
   * All jobs.
   *
   * @param notes receives what is wrong with folders that are left out
   * @throws IOException if the folder cannot be made or read
   */
  static List<Job> read(Path jobs, Consumer<String> notes) throws IOException {
    Files.createDirectories(jobs);
    List<Job> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(jobs)) {
      for (Path path : folders.filter(Files::isDirectory).sorted().toList()) {
        JobFolder folder = new JobFolder(path);
        try {
          all.add(new Job(folder, folder.request(), folder.status()));
        } catch (IOException e) {
          notes.accept("The job in " + path + " is left out: " + e.getMessage());
        }
      }
    }
    return all;
  }
}
