package dev.lora4j.langchain4j;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a model opened itself, closed in the other order. */
final class OpenedResources implements AutoCloseable {
  private final Deque<Runnable> closings = new ArrayDeque<>();

  /** Keeps the way to close what was opened. */
  void add(Runnable closing) {
    closings.push(closing);
  }

  /** Closes all, whatever one of them throws; without effect the second time. */
  @Override
  public synchronized void close() {
    while (!closings.isEmpty()) {
      Runnable next = closings.pop();
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        try {
          close();
        } catch (RuntimeException | Error more) {
          e.addSuppressed(more);
        }
        throw e;
      }
    }
  }
}
