package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the folders of adapters every few seconds while a page is there, and when asked to. */
final class LibraryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.library");
  private static final long PAUSE_MILLIS = 2_000;

  /** The pause is at least so many times what a look takes. */
  private static final long PAUSES = 20;

  private final AdapterLibrary library;
  private final List<Path> folders;
  private final BooleanSupplier watched;
  private final Runnable changed;
  private FolderPrint last = new FolderPrint(-1, 0);
  private long lookedAt = System.nanoTime() - PAUSE_MILLIS * 1_000_000;
  private long took;
  private boolean closed;

  /**
   * Begins to watch.
   *
   * @param watched true while somebody wants to be told
   * @param changed called when something has changed
   */
  LibraryWatch(
      AdapterLibrary library, List<Path> folders, BooleanSupplier watched, Runnable changed) {
    this.library = library;
    this.folders = List.copyOf(folders);
    this.watched = watched;
    this.changed = changed;
    Thread thread = new Thread(this::run, "studio-library-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Looks, unless it did so a moment ago; the library then has what is there. */
  synchronized void look() {
    if (System.nanoTime() - lookedAt < PAUSE_MILLIS * 1_000_000 / 2) {
      return;
    }
    lookNow();
  }

  /** Looks, whenever it did so last. */
  synchronized void lookNow() {
    long began = System.nanoTime();
    FolderPrint now = FolderPrint.of(folders);
    lookedAt = System.nanoTime();
    took = (lookedAt - began) / 1_000_000;
    if (!now.equals(last)) {
      last = now;
      library.refresh();
      changed.run();
    }
  }

  private void run() {
    while (pause()) {
      if (watched.getAsBoolean()) {
        try {
          look();
        } catch (RuntimeException e) {
          LOG.error("The folders of adapters could not be looked at.", e);
        }
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // To be woken early is to look early.
  private synchronized boolean pause() {
    try {
      wait(Math.max(PAUSE_MILLIS, PAUSES * took));
      return !closed;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
