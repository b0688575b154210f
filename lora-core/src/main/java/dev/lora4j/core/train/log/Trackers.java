package dev.lora4j.core.train.log;

import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All trackers of a run. A tracker that throws is reported once and left out, and the run goes on.
 */
public final class Trackers implements TrackedRun {
  private record Tracked(String name, TrackedRun run) {}

  private final List<Tracked> all = new ArrayList<>();
  private final Consumer<String> told;

  private Trackers(Consumer<String> told) {
    this.told = told;
  }

  /**
   * The trackers with these names and settings.
   *
   * @param requests {@code name} or {@code name:key=value,...}
   * @throws dev.lora4j.spi.ExtensionException if one is not there or has other settings
   */
  public static Map<String, Tracker> named(List<String> requests) {
    Map<String, Tracker> all = new LinkedHashMap<>();
    requests.forEach(text -> all.put(text, Extensions.installed().make(Tracker.class, text)));
    return all;
  }

  /**
   * Begins all of them.
   *
   * @param trackers by their names in messages
   * @param told receives a sentence for each tracker that is left out
   */
  public static Trackers begin(Map<String, Tracker> trackers, RunStart run, Consumer<String> told) {
    Trackers begun = new Trackers(told);
    trackers.forEach(
        (name, tracker) ->
            begun
                .tried(name, () -> tracker.begin(run))
                .map(r -> new Tracked(name, r))
                .ifPresent(begun.all::add));
    return begun;
  }

  @Override
  public void step(Step done) {
    each(run -> run.step(done));
  }

  @Override
  public void untrained(double validation) {
    each(run -> run.untrained(validation));
  }

  @Override
  public void preview(int step, Path png) {
    each(run -> run.preview(step, png));
  }

  @Override
  public void keep() {
    each(TrackedRun::keep);
  }

  /** Ends all of them; a second time does nothing. */
  @Override
  public void end(Optional<String> failure) {
    each(run -> run.end(failure));
    all.clear();
  }

  private void each(Consumer<TrackedRun> call) {
    all.removeIf(
        one ->
            tried(
                    one.name(),
                    () -> {
                      call.accept(one.run());
                      return one;
                    })
                .isEmpty());
  }

  private <T> Optional<T> tried(String name, Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (RuntimeException | Error e) {
      Plugin.throwIfEnding(e);
      told.accept("The tracker " + name + " fails and is left out from here on: " + e + ".");
      return Optional.empty();
    }
  }
}
