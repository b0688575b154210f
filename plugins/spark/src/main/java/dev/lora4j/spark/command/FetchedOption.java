package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.spark.FetchedPlaces;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.spark.SparkConf;

/**
 * Paths on the command line that may have been addresses of Hadoop's file systems.
 *
 * @param settings with the properties of these file systems
 */
record FetchedOption(Console console, SparkConf settings) {
  /**
   * The copy on this machine, if it is an address, which is fetched now if it is not there yet; a
   * path stays as it is.
   *
   * @throws Failure if it cannot be fetched
   */
  Path here(Path path) {
    return FetchedPlaces.address(path).map(this::copy).orElse(path);
  }

  /**
   * The copy of an address on this machine, which is fetched now if it is not there yet.
   *
   * @throws Failure if it cannot be fetched
   */
  Path copy(String address) {
    try (Shown shown = new Shown(console, address)) {
      return FetchedPlaces.ofUser(settings).path(address, shown);
    } catch (UncheckedIOException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** A progress bar, if anything is copied. */
  private static final class Shown implements FetchedPlaces.Progress, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    private final Console console;
    private final String address;
    private Optional<Progress> bar = Optional.empty();

    Shown(Console console, String address) {
      this.console = console;
      this.address = address;
    }

    @Override
    public LongConsumer begins(long bytes) {
      Progress shown =
          console.progress("fetching " + address, (bytes + MEGABYTE - 1) / MEGABYTE, "MB");
      bar = Optional.of(shown);
      return done -> shown.done(done / MEGABYTE, "");
    }

    @Override
    public void close() {
      bar.ifPresent(Progress::close);
    }
  }
}
