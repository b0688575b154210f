package dev.lora4j.cli.text;

import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import dev.lora4j.spi.ExtensionRequest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What options say about initialisation and ranks.
 *
 * @param start what the factors begin as
 * @param settings of what the texts decide
 */
record CalibrationRequest(FactorInit start, CalibrationSettings settings) {
  private static final Map<FactorInit, Set<String>> OF_INIT =
      Map.of(
          FactorInit.EVA, Set.of("rho", "tau", "whiten", "adjust_scaling_factors"),
          FactorInit.LORA_GA, Set.of("gamma"),
          FactorInit.CORDA, Set.of("corda_method"));

  /**
   * Reads the options.
   *
   * @param init the initialisation, with settings of it
   * @param ranks the rule of ranks, with settings of it
   * @param batches that are looked at
   * @throws IllegalArgumentException if a name or setting is unknown or has no effect
   */
  static CalibrationRequest of(String init, String ranks, Optional<Integer> batches) {
    ExtensionRequest begun = ExtensionRequest.parse(init);
    ExtensionRequest ruled = ExtensionRequest.parse(ranks);
    FactorInit start = FactorInit.named(begun.name());
    RankRule rule = RankRule.named(ruled.name());
    boolean energy = rule == RankRule.BY_ENERGY;
    Map<String, Object> own = begun.settings();
    Map<String, Object> bounds = ruled.settings();
    requireKnown("--init " + start, own, OF_INIT.getOrDefault(start, Set.of()));
    requireKnown("--ranks " + rule, bounds, energy ? Set.of("min", "max") : Set.of());
    if (batches.isPresent() && !energy && !start.ofData()) {
      throw new IllegalArgumentException(
          "--calibration-batches has an effect with --ranks by-energy and --init eva, lora-ga and corda"
              + " alone; take it away, or say one of them.");
    }
    EvaSettings eva = EvaSettings.DEFAULT;
    OptionalInt most =
        bounds.containsKey("max") ? OptionalInt.of(whole(bounds, "max", 1)) : OptionalInt.empty();
    CalibrationSettings settings =
        new CalibrationSettings(
            rule,
            whole(bounds, "min", 1),
            most,
            batches.map(OptionalInt::of).orElse(OptionalInt.empty()),
            new EvaSettings(
                number(own, "rho", eva.rho()),
                number(own, "tau", eva.tau()),
                flag(own, "whiten", eva.whiten()),
                flag(own, "adjust_scaling_factors", eva.adjustScaling())),
            number(own, "gamma", CalibrationSettings.DEFAULT.gamma()),
            CordaMode.named(String.valueOf(own.getOrDefault("corda_method", CordaMode.IPM))));
    return new CalibrationRequest(start, settings);
  }

  private static void requireKnown(String option, Map<String, Object> said, Set<String> known) {
    Set<String> unknown = new TreeSet<>(said.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          option
              + " has no setting "
              + String.join(", ", unknown)
              + (known.isEmpty()
                  ? "; it has none."
                  : "; it has " + String.join(", ", new TreeSet<>(known)) + "."));
    }
  }

  private static double number(Map<String, Object> said, String name, double otherwise) {
    String text = String.valueOf(said.getOrDefault(name, otherwise));
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a number, found " + text, e);
    }
  }

  private static int whole(Map<String, Object> said, String name, int otherwise) {
    String text = String.valueOf(said.getOrDefault(name, otherwise));
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number, found " + text, e);
    }
  }

  private static boolean flag(Map<String, Object> said, String name, boolean otherwise) {
    String text = String.valueOf(said.getOrDefault(name, otherwise));
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(name + " must be true or false, found " + text);
    }
    return Boolean.parseBoolean(text);
  }
}
