package dev.lora4j.server.http;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a client has gone away, and what is to be done then. */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server");

  private final List<Runnable> actions = new ArrayList<>();
  private boolean gone;

  synchronized boolean isGone() {
    return gone;
  }

  void onGone(Runnable action) {
    synchronized (this) {
      if (!gone) {
        actions.add(action);
        return;
      }
    }
    run(action);
  }

  void gone() {
    List<Runnable> all;
    synchronized (this) {
      gone = true;
      all = List.copyOf(actions);
      actions.clear();
    }
    all.forEach(Departure::run);
  }

  /** What fails keeps nothing else from learning of it. */
  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("What was to be done when a client goes has failed.", e);
    }
  }
}
