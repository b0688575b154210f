package dev.lora4j.spark;

import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TrainingWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Workers of machines, one of which is slow in its first step: the process that comes first.
 *
 * @param marker file that names it
 * @param millis that it takes longer
 */
record SlowMachine(String marker, WorkerSource others, long millis) implements WorkerSource {
  @Override
  public TrainingWorker open(int threads) {
    TrainingWorker worker = others.open(threads);
    try {
      String own = Long.toString(ProcessHandle.current().pid());
      Files.writeString(Path.of(marker), own, StandardOpenOption.CREATE_NEW);
      return new Slow(worker, millis);
    } catch (FileAlreadyExistsException e) {
      return worker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Slow implements TrainingWorker {
    private final TrainingWorker worker;
    private long millis;

    Slow(TrainingWorker worker, long millis) {
      this.worker = worker;
      this.millis = millis;
    }

    @Override
    public GradientShare share(SharedStep step, int from, int to) {
      try {
        Thread.sleep(millis);
        millis = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return worker.share(step, from, to);
    }

    @Override
    public RoundShare round(SharedRound round, int part) {
      return worker.round(round, part);
    }

    @Override
    public void close() {
      worker.close();
    }
  }
}
