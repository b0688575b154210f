package dev.lora4j.studio.run;

import com.google.gson.JsonObject;
import dev.lora4j.studio.event.EventHub;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells pages of trainings that change, also of those that a terminal began. */
final class RunWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.runs");
  private static final long PAUSE_MILLIS = 1000;

  /** After so many looks without a change, one in so many is enough. */
  private static final int QUIET = 5;

  private final Runs runs;
  private final EventHub events;
  private final ScheduledExecutorService clock;
  private Map<String, JsonObject> told = Map.of();
  private boolean watched;
  private int unchanged;
  private int rested;

  private RunWatch(Runs runs, EventHub events) {
    this.runs = runs;
    this.events = events;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "studio-runs");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Looks from now on, while pages are there. */
  static RunWatch begin(Runs runs, EventHub events) {
    RunWatch watch = new RunWatch(runs, events);
    var unused =
        watch.clock.scheduleWithFixedDelay(
            watch::look, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    boolean before = watched;
    watched = events.watched();
    if (!watched) {
      told = Map.of();
      return;
    }
    if (before && unchanged >= QUIET && ++rested < QUIET) {
      return;
    }
    rested = 0;
    try {
      Map<String, JsonObject> now = new HashMap<>();
      List<JsonObject> all = runs.list();
      all.forEach(run -> now.put(run.get("id").getAsString(), run));
      // A page that has just come reads the list by itself.
      if (before) {
        now.forEach(
            (id, run) -> {
              if (!run.equals(told.get(id))) {
                events.publish("run", run);
              }
            });
      }
      unchanged = before && now.equals(told) ? unchanged + 1 : 0;
      told = now;
    } catch (IOException | RuntimeException e) {
      LOG.warn("The trainings cannot be looked at: {}", e.toString());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
