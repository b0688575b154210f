package dev.lora4j.diffusion.config;

import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import java.util.List;
import java.util.OptionalInt;

/** Reads what the pictures decide before the first step from the keys of the adapter. */
final class CalibrationKeys {
  private static final List<RunKey<?>> OF_ENERGY =
      List.of(AdapterKeys.RANK_MIN, AdapterKeys.RANK_MAX);

  private static final List<RunKey<?>> OF_EVA =
      List.of(
          AdapterKeys.EVA_RHO, AdapterKeys.EVA_TAU, AdapterKeys.EVA_WHITEN, AdapterKeys.EVA_ADJUST);

  private CalibrationKeys() {}

  /**
   * The settings.
   *
   * @throws IllegalArgumentException if a key is set that has no effect
   */
  static CalibrationSettings settings(RunValues values) {
    FactorInit start = FactorInit.named(values.get(AdapterKeys.INIT));
    RankRule ranks = RankRule.named(values.get(AdapterKeys.RANK_RULE));
    boolean energy = ranks == RankRule.BY_ENERGY;
    require(values, OF_ENERGY, energy, "adapter.rank_rule = by_energy");
    require(values, OF_EVA, start == FactorInit.EVA, "adapter.init = eva");
    boolean gradients = start == FactorInit.LORA_GA;
    require(values, List.of(AdapterKeys.GAMMA), gradients, "adapter.init = lora_ga");
    boolean corda = start == FactorInit.CORDA;
    require(values, List.of(AdapterKeys.CORDA_METHOD), corda, "adapter.init = corda");
    require(
        values,
        List.of(AdapterKeys.CALIBRATION_BATCHES),
        energy || start.ofData(),
        "adapter.rank_rule = by_energy or adapter.init = eva, lora_ga or corda");
    EvaSettings eva = EvaSettings.DEFAULT;
    return new CalibrationSettings(
        ranks,
        values.find(AdapterKeys.RANK_MIN).orElse(1),
        optional(values, AdapterKeys.RANK_MAX),
        optional(values, AdapterKeys.CALIBRATION_BATCHES),
        new EvaSettings(
            values.find(AdapterKeys.EVA_RHO).orElse(eva.rho()),
            values.find(AdapterKeys.EVA_TAU).orElse(eva.tau()),
            values.find(AdapterKeys.EVA_WHITEN).orElse(eva.whiten()),
            values.find(AdapterKeys.EVA_ADJUST).orElse(eva.adjustScaling())),
        values.find(AdapterKeys.GAMMA).orElse(CalibrationSettings.DEFAULT.gamma()),
        values
            .find(AdapterKeys.CORDA_METHOD)
            .map(CordaMode::named)
            .orElse(CalibrationSettings.DEFAULT.corda()));
  }

  private static OptionalInt optional(RunValues values, RunKey<Integer> key) {
    return values.find(key).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private static void require(
      RunValues values, List<RunKey<?>> keys, boolean effect, String needed) {
    for (RunKey<?> key : keys) {
      if (!effect && values.find(key).isPresent()) {
        throw new IllegalArgumentException(
            key.name() + " has an effect with " + needed + " alone; take it away, or set that.");
      }
    }
  }
}
