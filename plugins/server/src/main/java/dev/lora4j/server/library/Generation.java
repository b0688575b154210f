package dev.lora4j.server.library;

import dev.lora4j.core.format.LoadedAdapter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One loading of an adapter: one name, one state of its files, one content. It never gets another
 * content; a changed file is another generation.
 */
final class Generation {
  /** Where a loading came to. */
  sealed interface Outcome {
    /** The content. */
    record Loaded(LoadedAdapter content) implements Outcome {}

    /** The files cannot be used, which all who wait are told. */
    record Failed(Throwable cause) implements Outcome {}

    /** The files changed or the loading thread was stopped; who waits has to begin again. */
    record Abandoned() implements Outcome {}
  }

  private final long number;
  private final AdapterFile file;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  /** Guarded by the ledger. */
  private int leases;

  private long bytes;

  Generation(long number, AdapterFile file) {
    this.number = number;
    this.file = file;
  }

  long number() {
    return number;
  }

  AdapterFile file() {
    return file;
  }

  void end(Outcome how) {
    outcome.complete(how);
  }

  /**
   * Waits for the end of the loading.
   *
   * @throws CancellationException if the thread is interrupted
   */
  Outcome await() {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while adapter " + file.key() + " was loaded.");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a loading ends with an outcome", e);
    }
  }

  int leases() {
    return leases;
  }

  void lease() {
    leases++;
  }

  void giveBack() {
    leases--;
  }

  long bytes() {
    return bytes;
  }

  void bytes(long count) {
    bytes = count;
  }
}
