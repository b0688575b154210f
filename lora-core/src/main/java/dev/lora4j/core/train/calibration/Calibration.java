package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingTask;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Calibration of a plan: what its recipe leaves to the training data, ranks and first factors, is
 * decided by the first batches of the training. The result depends on the plan, the base, and the
 * task's batches alone.
 */
public final class Calibration {
  private Calibration() {}

  /**
   * The plan with what the data have decided; the same plan if its recipe leaves nothing to them. A
   * run that resumes finds it beside its checkpoints.
   *
   * @param owner of what is needed on the way
   * @param task that the plan is of
   * @param listener is told of the progress; to stop, it throws what {@link
   *     dev.lora4j.core.train.run.InterruptibleTask#telling} makes of an interrupt
   * @throws IllegalArgumentException if the batches cannot decide it
   * @throws dev.lora4j.core.train.run.TrainingFailure if they lead to numbers that are not finite
   */
  public static AdapterPlan of(
      Scope owner, TrainingTask task, CheckpointPolicy keeping, RunListener listener) {
    return of(owner, task, keeping, listener, WeightGradients.GROUP);
  }

  /**
   * The task of a plan with what the data have decided.
   *
   * @param tasks the tasks of plans
   * @see #of(Scope, TrainingTask, CheckpointPolicy, RunListener)
   */
  public static <T extends TrainingTask> T task(
      Scope owner,
      AdapterPlan plan,
      Function<AdapterPlan, T> tasks,
      CheckpointPolicy keeping,
      RunListener listener) {
    T task = tasks.apply(plan);
    AdapterPlan found = of(owner, task, keeping, listener);
    return found.equals(task.plan()) ? task : tasks.apply(found);
  }

  /**
   * {@link #of(Scope, TrainingTask, CheckpointPolicy, RunListener)} with other groups of layers.
   */
  static AdapterPlan of(
      Scope owner, TrainingTask task, CheckpointPolicy keeping, RunListener listener, long group) {
    AdapterPlan plan = task.plan();
    if (!plan.uncalibrated()) {
      return plan;
    }
    Optional<Map<Site, WarmStartFactors>> before = CalibrationFile.read(keeping, plan);
    if (before.isPresent()) {
      listener.calibrated(List.of("Ranks and first factors are those of before."));
      return plan.calibrated(before.get());
    }
    List<String> notes = new ArrayList<>();
    Map<Site, WarmStartFactors> layers;
    try (Scope scope = owner.child("calibration")) {
      layers = layers(new CalibrationData(scope, task, listener), group, notes);
    }
    listener.calibrated(notes);
    try {
      CalibrationFile.write(keeping, layers);
    } catch (SafetensorsException | UncheckedIOException e) {
      listener.notSaved(0, String.valueOf(e.getMessage()));
    }
    return plan.calibrated(layers);
  }

  private static Map<Site, WarmStartFactors> layers(
      CalibrationData data, long group, List<String> notes) {
    AdapterRecipe recipe = data.plan().recipe();
    if (recipe.start() == FactorInit.EVA) {
      return EvaFactors.of(data, notes);
    }
    Map<Site, WarmStartFactors> ranked = new LinkedHashMap<>();
    data.plan().sites().forEach((s, r) -> ranked.put(s, new WarmStartFactors(r, Map.of())));
    if (recipe.calibration().ranks() == RankRule.BY_ENERGY) {
      ranked.putAll(EnergyRanks.of(data, group, notes));
    }
    Map<Site, SiteRecipe> ranks = new LinkedHashMap<>();
    ranked.forEach((site, factors) -> ranks.put(site, factors.recipe()));
    return switch (recipe.start()) {
      case LORA_GA -> GradientFactors.of(data, ranks, group, notes);
      case CORDA -> CordaFactors.of(data, ranks, group, notes);
      default -> ranked;
    };
  }
}
