package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.full.ModulesToSaveTraining;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Recipe of an adapter to train: method, layers and sizes.
 *
 * @param method with its options
 * @param targets the layers to train
 * @param rank of the factors
 * @param alpha numerator of their scale, see {@link #rankStabilised}
 * @param convRank of convolutions larger than one point; the rank without it
 * @param convAlpha of these convolutions; without it their scale is that of the others
 * @param overrides other ranks and alphas for some layers; of each the first that matches counts
 * @param saved layers that are trained whole, without factors, and stored as they end, as PEFT's
 *     {@code modules_to_save}; of any kind, in addition to {@code targets} and with precedence over
 *     them
 * @param start initialisation of LoRA's factors; other methods have their own
 * @param rankStabilised whether alpha is divided by the root of the rank (rsLoRA)
 * @param dropouts shares that are left out by chance
 * @param beginning an adapter whose factors are trained further: its layers are trained in addition
 *     to those of {@code targets}, at its ranks and alphas; the others begin by {@code start}
 * @param calibration what batches of the training data decide before the first step
 */
public record AdapterRecipe(
    TrainableMethod method,
    TargetLayers targets,
    int rank,
    double alpha,
    OptionalInt convRank,
    OptionalDouble convAlpha,
    List<SiteOverride> overrides,
    List<SitePattern> saved,
    FactorInit start,
    boolean rankStabilised,
    Dropouts dropouts,
    Optional<Adapter> beginning,
    CalibrationSettings calibration)
    implements Canonical {

  /** LoRA of rank 16 on attention and feed-forward layers, alpha 16. */
  public static final AdapterRecipe DEFAULT =
      new AdapterRecipe(
          new LoraTraining(),
          TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD),
          16,
          16,
          OptionalInt.empty(),
          OptionalDouble.empty(),
          List.of(),
          List.of(),
          FactorInit.KAIMING,
          false,
          Dropouts.NONE,
          Optional.empty(),
          CalibrationSettings.DEFAULT);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with all that is out of range
   */
  public AdapterRecipe {
    overrides = List.copyOf(overrides);
    saved = List.copyOf(saved);
    List<String> problems = new ArrayList<>();
    checkRank(problems, "rank", rank);
    checkAlpha(problems, "alpha", alpha);
    convRank.ifPresent(r -> checkRank(problems, "the rank of convolutions", r));
    convAlpha.ifPresent(a -> checkAlpha(problems, "the alpha of convolutions", a));
    for (SiteOverride override : overrides) {
      override.rank().ifPresent(r -> checkRank(problems, "rank of " + override.sites(), r));
      override.alpha().ifPresent(a -> checkAlpha(problems, "alpha of " + override.sites(), a));
    }
    for (DropoutKind kind : DropoutKind.values()) {
      checkDropout(problems, method, kind, dropouts.of(kind));
    }
    if (start != FactorInit.KAIMING && !method.starts().contains(start)) {
      problems.add(
          "the method "
              + method.name()
              + " cannot begin as "
              + start
              + ", only LoRA's factors can");
    }
    checkCalibration(problems, method, start, calibration, beginning);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "The recipe of the adapter cannot be followed: " + String.join("; ", problems) + ".");
    }
  }

  private static void checkRank(List<String> problems, String name, int rank) {
    if (rank < 1) {
      problems.add(name + " must be at least 1, found " + rank);
    }
  }

  private static void checkAlpha(List<String> problems, String name, double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      problems.add(name + " must be above 0 and finite, found " + alpha);
    }
  }

  private static void checkDropout(
      List<String> problems, TrainableMethod method, DropoutKind kind, double probability) {
    String name = kind.name().toLowerCase(Locale.ROOT) + " dropout";
    if (!(probability >= 0 && probability < 1)) {
      problems.add(name + " must be at least 0 and below 1, found " + probability);
    } else if (probability > 0 && !method.dropouts().contains(kind)) {
      problems.add(
          "the method "
              + method.name()
              + " has no "
              + name
              + ", only "
              + method.dropouts().toString().toLowerCase(Locale.ROOT));
    }
  }

  private static void checkCalibration(
      List<String> problems,
      TrainableMethod method,
      FactorInit start,
      CalibrationSettings calibration,
      Optional<Adapter> beginning) {
    boolean ranks = calibration.ranks() == RankRule.BY_ENERGY;
    if (ranks && !(method instanceof LoraTraining)) {
      problems.add(
          "ranks by energy are for the method lora, and "
              + method.name()
              + " has ranks of its own");
    }
    if (ranks && start == FactorInit.EVA) {
      problems.add(
          "init = eva shares ranks out by the inputs of layers, so they cannot go by energy too;"
              + " take one of them away");
    }
    if (beginning.isPresent() && (ranks || start.ofData())) {
      problems.add(
          (ranks ? "ranks by energy" : "init = " + start)
              + " would change the ranks or factors of the adapter that it begins with; take one of"
              + " them away");
    }
  }

  /** A copy with another method. */
  public AdapterRecipe method(TrainableMethod other) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.method = other;
    return draft.recipe();
  }

  /** A copy for other layers. */
  public AdapterRecipe targets(TargetLayers others) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.targets = others;
    return draft.recipe();
  }

  /** A copy with another rank and alpha. */
  public AdapterRecipe rank(int other, double otherAlpha) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.rank = other;
    draft.alpha = otherAlpha;
    return draft.recipe();
  }

  /** A copy with another rank and alpha for convolutions larger than one point. */
  public AdapterRecipe convolutions(int other, double otherAlpha) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.convRank = OptionalInt.of(other);
    draft.convAlpha = OptionalDouble.of(otherAlpha);
    return draft.recipe();
  }

  /** A copy with other ranks and alphas for some layers. */
  public AdapterRecipe overrides(List<SiteOverride> others) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.overrides = others;
    return draft.recipe();
  }

  /** A copy with other layers trained whole, by patterns (see {@link SitePattern}). */
  public AdapterRecipe saved(String... patterns) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.saved = Arrays.stream(patterns).map(SitePattern::of).toList();
    return draft.recipe();
  }

  /** A copy with another initialisation. */
  public AdapterRecipe start(FactorInit other) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.start = other;
    return draft.recipe();
  }

  /** A copy with alpha divided by the root of the rank, or by the rank. */
  public AdapterRecipe rankStabilised(boolean root) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.rankStabilised = root;
    return draft.recipe();
  }

  /** A copy with other dropouts. */
  public AdapterRecipe dropouts(Dropouts others) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.dropouts = others;
    return draft.recipe();
  }

  /** A copy with a warm start from another adapter, with its layers, ranks and alphas. */
  public AdapterRecipe from(Adapter adapter) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.beginning = Optional.of(adapter);
    return draft.recipe();
  }

  /** A copy with other settings of what the training data decide. */
  public AdapterRecipe calibration(CalibrationSettings other) {
    RecipeDraft draft = new RecipeDraft(this);
    draft.calibration = other;
    return draft.recipe();
  }

  /** Returns true if batches of the training data decide ranks or first factors. */
  public boolean calibrates() {
    return start.ofData() || calibration.ranks() == RankRule.BY_ENERGY;
  }

  /** The training method of a layer. */
  public TrainableMethod methodAt(Site site) {
    boolean whole = saved.stream().anyMatch(p -> p.matches(site.name()));
    return whole ? new ModulesToSaveTraining() : method;
  }

  /**
   * Plans the recipe for a model.
   *
   * @param sites all layers of the model
   * @throws IllegalArgumentException with all that does not fit the model: presets and patterns
   *     that mean nothing of it, with the nearest names, and layers that the method cannot train so
   */
  public AdapterPlan plan(Collection<Site> sites) {
    return AdapterPlanner.plan(this, sites);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("AdapterRecipe")
        .with("method", method)
        .with("targets", targets)
        .with("rank", rank)
        .with("alpha", alpha)
        .with("convRank", convRank)
        .with("convAlpha", convAlpha)
        .with("overrides", overrides)
        .with("saved", saved)
        .with("start", start)
        .with("rankStabilised", rankStabilised)
        .with("dropouts", dropouts)
        .with("beginning", beginning)
        .with("calibration", calibration, CalibrationSettings.DEFAULT)
        .text();
  }
}
