package dev.lora4j.server.a1111;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** A request whose pictures wait or are being made. */
final class RunningRequest {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private final String job;
  private final String task;
  private final List<RunningPicture> pictures;
  private final long began = System.nanoTime();
  private final String stamp = LocalDateTime.now(ZoneId.systemDefault()).format(STAMP);
  private volatile boolean interrupted;
  private volatile boolean skipped;

  /**
   * A request that begins now.
   *
   * @param job what is done, {@code txt2img} or {@code img2img}
   * @param task name that the client gave it; empty for none
   */
  RunningRequest(String job, String task, List<RunningPicture> pictures) {
    this.job = job;
    this.task = task;
    this.pictures = List.copyOf(pictures);
  }

  String job() {
    return job;
  }

  String task() {
    return task;
  }

  List<RunningPicture> pictures() {
    return pictures;
  }

  /** When it began, as A1111 writes it. */
  String stamp() {
    return stamp;
  }

  /** Seconds since it began. */
  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  boolean interrupted() {
    return interrupted;
  }

  boolean skipped() {
    return skipped;
  }

  /** The picture whose steps are being made; of several made together, the first. */
  Optional<RunningPicture> current() {
    return pictures.stream().filter(p -> p.begun() && !p.ended()).findFirst();
  }

  /** Gives up all pictures that are not made yet. */
  void interrupt() {
    interrupted = true;
    pictures.stream().filter(p -> !p.ended()).forEach(RunningPicture::stop);
  }

  /** Gives up the pictures whose steps are being made. */
  void skip() {
    skipped = true;
    pictures.stream().filter(p -> p.begun() && !p.ended()).forEach(RunningPicture::stop);
  }
}
