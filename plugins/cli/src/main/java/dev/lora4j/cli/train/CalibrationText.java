package dev.lora4j.cli.train;

import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A description of the decisions that training data make before the first step. */
public final class CalibrationText {
  private CalibrationText() {}

  /** A line about it, if the recipe leaves anything to the data. */
  public static Optional<String> of(AdapterRecipe recipe) {
    CalibrationSettings settings = recipe.calibration();
    List<String> parts = new ArrayList<>();
    if (settings.ranks() == RankRule.BY_ENERGY) {
      String most =
          settings.greatestRank().isPresent()
              ? String.valueOf(settings.greatestRank().getAsInt())
              : "twice its rank";
      parts.add(
          "ranks by the energy of gradients over "
              + settings.gradientBatches()
              + " batches, each layer from "
              + settings.leastRank()
              + " to "
              + most
              + ", no more numbers in all");
    }
    if (recipe.start() == FactorInit.EVA) {
      parts.add(
          "ranks and first factors by the inputs of layers (eva), over at most "
              + settings.mostEvaBatches()
              + " batches");
    }
    if (recipe.start() == FactorInit.LORA_GA) {
      parts.add(
          "first factors by gradients (lora_ga) over " + settings.gradientBatches() + " batches");
    }
    if (recipe.start() == FactorInit.CORDA) {
      parts.add(
          "first factors by weights and inputs of layers (corda, "
              + settings.corda()
              + ") over "
              + settings.cordaBatches()
              + " batches");
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("before the first step: " + String.join("; ", parts));
  }
}
