package dev.lora4j.spark;

import dev.lora4j.core.train.run.TrainingWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Workers of machines, one of which has a full disk: the process that comes first.
 *
 * @param marker file that names it
 */
record FullDisk(String marker, WorkerSource others) implements WorkerSource {
  @Override
  public TrainingWorker open(int threads) {
    String own = Long.toString(ProcessHandle.current().pid());
    try {
      Files.writeString(Path.of(marker), own, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      // Another came first, or this one did before.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      if (Files.readString(Path.of(marker)).equals(own)) {
        throw new UncheckedIOException(new IOException("No space left on device"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return others.open(threads);
  }
}
