package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.adapter.training.TrainableMethod;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A recipe while something of it is changed: the one place that knows all of its parts. */
final class RecipeDraft {
  TrainableMethod method;
  TargetLayers targets;
  int rank;
  double alpha;
  OptionalInt convRank;
  OptionalDouble convAlpha;
  List<SiteOverride> overrides;
  List<SitePattern> saved;
  FactorInit start;
  boolean rankStabilised;
  Dropouts dropouts;
  Optional<Adapter> beginning;
  CalibrationSettings calibration;

  RecipeDraft(AdapterRecipe from) {
    method = from.method();
    targets = from.targets();
    rank = from.rank();
    alpha = from.alpha();
    convRank = from.convRank();
    convAlpha = from.convAlpha();
    overrides = from.overrides();
    saved = from.saved();
    start = from.start();
    rankStabilised = from.rankStabilised();
    dropouts = from.dropouts();
    beginning = from.beginning();
    calibration = from.calibration();
  }

  /** Checks the draft and makes the recipe. */
  AdapterRecipe recipe() {
    return new AdapterRecipe(
        method,
        targets,
        rank,
        alpha,
        convRank,
        convAlpha,
        overrides,
        saved,
        start,
        rankStabilised,
        dropouts,
        beginning,
        calibration);
  }
}
