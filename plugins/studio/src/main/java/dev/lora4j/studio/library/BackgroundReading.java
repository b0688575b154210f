package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnknownAdapterException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is not known of adapters on a thread of its own: all headers first, which take
 * milliseconds, then tensors, one adapter after the other. Nobody waits for it.
 */
final class BackgroundReading implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.library");

  /** Larger files are read when somebody looks at them. */
  private static final long MOST_BYTES = 1L << 30;

  private static final long TELL_NANOS = 3_000_000_000L;
  private static final long LONGEST_REST_MILLIS = 500;
  private static final long UNTIL_SETTLED_MILLIS = 2_500;

  private final AdapterLibrary library;
  private final FactReading reading;
  private final FactStore store;
  private final Runnable changed;
  private final Thread thread = new Thread(this::run, "studio-library");
  private boolean wanted;
  private boolean unsettled;
  private volatile boolean closed;
  private long told;

  /**
   * Begins to wait.
   *
   * @param changed called now and then when more is known
   */
  BackgroundReading(
      AdapterLibrary library, FactReading reading, FactStore store, Runnable changed) {
    this.library = library;
    this.reading = reading;
    this.store = store;
    this.changed = changed;
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads what is not known of the adapters that there are now. */
  synchronized void want() {
    wanted = true;
    notifyAll();
  }

  private synchronized boolean take() throws InterruptedException {
    while (!wanted && !closed) {
      if (unsettled) {
        wait(UNTIL_SETTLED_MILLIS);
        break;
      }
      wait();
    }
    wanted = false;
    unsettled = false;
    return !closed;
  }

  private synchronized boolean goesOn() {
    return !wanted && !closed;
  }

  private void run() {
    try {
      while (take()) {
        try {
          readAll(library.list(Tenant.SHARED));
        } catch (RuntimeException e) {
          LOG.error("The library could not be read.", e);
        }
        store.save();
      }
    } catch (InterruptedException e) {
      store.save();
    }
  }

  private void readAll(List<AdapterFile> files) throws InterruptedException {
    store.retain(files.stream().map(AdapterFile::real).collect(Collectors.toSet()));
    boolean more = false;
    for (AdapterFile file : files) {
      if (closed) {
        return;
      }
      if (store.find(file).isEmpty() && admitted(file)) {
        store.put(file, FactReading.header(file));
        more = true;
        tellNowAndThen();
      }
    }
    if (more) {
      tell();
    }
    more = false;
    for (AdapterFile file : files) {
      Optional<AdapterFacts> known = store.find(file);
      if (!goesOn()) {
        return;
      }
      if (known.isPresent() && !reading.complete(known.get()) && small(file) && admitted(file)) {
        content(file, known.get());
        more = true;
      }
      hash(file);
    }
    if (more) {
      tell();
    }
  }

  private void content(AdapterFile file, AdapterFacts known) throws InterruptedException {
    long began = System.nanoTime();
    store.put(file, reading.content(file, known));
    tellNowAndThen();
    // Whoever uses the machine comes first.
    Thread.sleep(Math.min(LONGEST_REST_MILLIS, (System.nanoTime() - began) / 1_000_000));
  }

  /** Makes the hash known, so that recipes find the adapter; later, if it has just been written. */
  private void hash(AdapterFile file) {
    if (file.parts().size() > 1 || library.knownSha256(file).isPresent() || !small(file)) {
      return;
    }
    if (!library.settled(file)) {
      later();
    } else if (admitted(file)) {
      try {
        library.sha256(file);
      } catch (IOException e) {
        LOG.debug("{} could not be hashed: {}", file.key(), e.getMessage());
      }
    }
  }

  private synchronized void later() {
    unsettled = true;
  }

  static boolean small(AdapterFile file) {
    return file.bytes() <= MOST_BYTES;
  }

  /** Nothing is read of what the operator does not admit. */
  private boolean admitted(AdapterFile file) {
    try {
      return library.find(Tenant.SHARED, file.key().name()).equals(file);
    } catch (UnknownAdapterException e) {
      return false;
    }
  }

  private void tellNowAndThen() {
    if (System.nanoTime() - told > TELL_NANOS) {
      tell();
    }
  }

  private void tell() {
    store.save();
    told = System.nanoTime();
    changed.run();
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      notifyAll();
    }
    try {
      thread.join(TELL_NANOS / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
