package dev.lora4j.bench.methods;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.NearestNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A method with settings, a row of the table.
 *
 * @param text as the user wrote it
 * @param settings of the method
 * @param run keys of the run that differ from those of the other rows: {@code rank}, {@code alpha},
 *     {@code init}, {@code lr} (where its sweep begins)
 * @param cut the rank that a DyLoRA is cut to when it is scored; its training is that of the
 *     candidate without this
 */
record Candidate(
    String text,
    String method,
    Map<String, String> settings,
    Map<String, String> run,
    Optional<String> cut) {
  /** The method that others are compared with, in steps and in scores. */
  static final String REFERENCE = "lora";

  private static final String CUT = "cut";
  private static final String RATE = "lr";
  private static final Set<String> OF_RUN = Set.of("rank", "alpha", "init", RATE);

  /**
   * Reads {@code NAME} or {@code NAME:KEY=VALUE,...}.
   *
   * @throws Failure if there is no such method
   */
  static Candidate parse(String text) {
    ExtensionRequest request = request(text);
    Map<String, String> settings = new LinkedHashMap<>();
    Map<String, String> run = new LinkedHashMap<>();
    request.settings().forEach((k, v) -> (OF_RUN.contains(k) ? run : settings).put(k, "" + v));
    Optional<String> cut = Optional.ofNullable(settings.remove(CUT));
    if (!TrainableMethods.all().containsKey(request.name())) {
      List<String> near = NearestNames.near(request.name(), TrainableMethods.all().keySet(), 3);
      throw Failure.usage(
          "There is no method '"
              + request.name()
              + "'; "
              + (near.isEmpty()
                  ? "'lora4j train --help' has all."
                  : "near are " + String.join(", ", near) + "."));
    }
    if (cut.isPresent() && !request.name().equals("dylora")) {
      throw Failure.usage("cut=N is for dylora, found '" + text + "'.");
    }
    checked(request.name(), settings, text);
    return new Candidate(text, request.name(), settings, run, cut);
  }

  private static ExtensionRequest request(String text) {
    try {
      return ExtensionRequest.parse(text);
    } catch (ExtensionException e) {
      throw Failure.usage(String.valueOf(e.getMessage()));
    }
  }

  private static void checked(String method, Map<String, String> settings, String text) {
    try {
      TrainableMethods.named(method, settings);
    } catch (ExtensionException e) {
      throw Failure.usage("In '" + text + "': " + e.getMessage());
    }
  }

  /** The candidate whose training this one uses: itself, or itself not cut. */
  Candidate trained() {
    if (cut.isEmpty()) {
      return this;
    }
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(run);
    return new Candidate(
        new ExtensionRequest(method, all).text(), method, settings, run, Optional.empty());
  }

  /** True for the candidate that others are compared with, wherever its sweep begins. */
  boolean reference() {
    return method.equals(REFERENCE)
        && settings.isEmpty()
        && cut.isEmpty()
        && Set.of(RATE).containsAll(run.keySet());
  }

  /** Name of its folder. */
  String folder() {
    return text.replaceAll("[^A-Za-z0-9=.-]+", "_");
  }

  /** Where the sweep begins, if not where that of the others does. */
  Optional<Double> rate() {
    return Optional.ofNullable(run.get(RATE))
        .map(
            lr ->
                Failure.usage(
                    () -> {
                      double rate = Double.parseDouble(lr);
                      if (!(rate > 0) || Double.isInfinite(rate)) {
                        throw new IllegalArgumentException("lr is above 0, found " + lr + ".");
                      }
                      return rate;
                    }));
  }
}
