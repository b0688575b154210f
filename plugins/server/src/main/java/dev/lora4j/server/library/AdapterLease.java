package dev.lora4j.server.library;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The use of one adapter by one request. Its content is the same until it is closed, whatever
 * happens to the file or the name meanwhile. Whoever acquired it closes it, from any thread.
 */
public final class AdapterLease implements AutoCloseable {
  private final Generation generation;
  private final LoadedAdapter content;
  private final Consumer<Generation> giveBack;
  private final AtomicBoolean closed = new AtomicBoolean();

  AdapterLease(Generation generation, LoadedAdapter content, Consumer<Generation> giveBack) {
    this.generation = generation;
    this.content = content;
    this.giveBack = giveBack;
  }

  /** Full name. */
  public AdapterKey key() {
    return generation.file().key();
  }

  /** The files that it was loaded from, as they were then. */
  public AdapterFile file() {
    return generation.file();
  }

  /** Number of its loading, unique within its cache: the same number means the same content. */
  public long generation() {
    return generation.number();
  }

  /**
   * The adapter with what else its file has.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public LoadedAdapter loaded() {
    if (closed.get()) {
      throw new IllegalStateException(
          "The lease of adapter " + key() + " is closed. Acquire another.");
    }
    return content;
  }

  /**
   * The adapter.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public Adapter adapter() {
    return loaded().adapter();
  }

  /** Gives it back; a second time has no effect. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      giveBack.accept(generation);
    }
  }
}
