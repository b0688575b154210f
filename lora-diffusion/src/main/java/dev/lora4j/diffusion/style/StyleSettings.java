package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.util.OptionalDouble;

/**
 * Settings of the training of a style, whatever its data. Immutable; each {@code with} method
 * returns a changed copy.
 *
 * @param recipe of the adapter: method, layers, rank
 * @param optimizer the optimizer
 * @param rates how fast
 * @param schedule how the rates go over the steps; its length is the number of steps
 * @param objective noise and loss
 * @param accumulate batches whose gradients are added up for one step
 * @param clip greatest norm of the whole gradient; 0 for any
 * @param averageDecay share that a moving average of the factors keeps of itself; 0 for none
 * @param maxNorm greatest norm of what is added to a layer's weight
 * @param clipSkip layers of the text encoders to leave out, beyond what the base leaves out
 * @param captionChunks runs of the text encoders over each caption; what is longer is cut
 * @param checkpointing whether parts of the denoiser are computed twice to save memory
 * @param seed of everything random
 * @param stored the type that factors are stored in
 * @param guidance guidance scale told to a denoiser that is told one in training; the denoiser's
 *     own if empty
 */
public record StyleSettings(
    AdapterRecipe recipe,
    Optimizer optimizer,
    LearningRates rates,
    RateSchedule schedule,
    ObjectiveSettings objective,
    int accumulate,
    double clip,
    double averageDecay,
    OptionalDouble maxNorm,
    int clipSkip,
    int captionChunks,
    boolean checkpointing,
    long seed,
    DType stored,
    OptionalDouble guidance)
    implements Canonical {
  /** Greatest number of chunks; more would be longer than any caption that is read. */
  private static final int MOST_CHUNKS = 64;

  /** LoRA of rank 16 on all blocks of the denoiser, AdamW, 300 steps at up to 0.001. */
  public static final StyleSettings DEFAULT =
      new StyleSettings(
          AdapterRecipe.DEFAULT
              .method(new LoraTraining())
              .targets(TargetLayers.of(UNetTargets.STYLE)),
          AdamW.DEFAULT,
          LearningRates.of(1e-3),
          RateSchedule.of(new Cosine(), 300),
          ObjectiveSettings.DEFAULT,
          1,
          1,
          0,
          OptionalDouble.empty(),
          0,
          1,
          false,
          0,
          DType.F16,
          OptionalDouble.empty());

  /** Checks the ranges. */
  public StyleSettings {
    // Checks what is not about pictures.
    training(optimizer, rates, schedule, accumulate, clip, averageDecay, maxNorm, seed, stored);
    if (clipSkip < 0) {
      throw new IllegalArgumentException(
          "layers to leave out must not be negative, found " + clipSkip);
    }
    if (captionChunks < 1 || captionChunks > MOST_CHUNKS) {
      throw new IllegalArgumentException(
          "captions are taken in 1 to " + MOST_CHUNKS + " chunks, found " + captionChunks);
    }
  }

  private static TrainingSettings training(
      Optimizer optimizer,
      LearningRates rates,
      RateSchedule schedule,
      int accumulate,
      double clip,
      double averageDecay,
      OptionalDouble maxNorm,
      long seed,
      DType stored) {
    return new TrainingSettings(
        optimizer, rates.rate(), schedule, accumulate, clip, averageDecay, maxNorm, seed, stored);
  }

  /**
   * Checks whether optimiser, rates, average and greatest norm go together for what is trained.
   *
   * @throws IllegalArgumentException if they do not
   * @throws dev.lora4j.core.tensor.TensorException likewise
   */
  public void requireFits(AdapterPlan plan) {
    StyleProgram.requireFits(plan, this);
  }

  /**
   * A plan without the layers that no step reaches, as a text encoder is read before them: they are
   * neither trained nor written.
   *
   * @throws IllegalArgumentException if no layer is left
   */
  public AdapterPlan reached(DiffusionModel base, AdapterPlan plan) {
    return StyleProgram.reached(base, plan, this);
  }

  /** The settings that do not concern pictures. */
  public TrainingSettings training() {
    return training(
        optimizer, rates, schedule, accumulate, clip, averageDecay, maxNorm, seed, stored);
  }

  /** Changes of the weights. */
  public int steps() {
    return Math.toIntExact(schedule.steps());
  }

  /** A copy with another adapter. */
  public StyleSettings with(AdapterRecipe other) {
    StyleDraft draft = new StyleDraft(this);
    draft.recipe = other;
    return draft.settings();
  }

  /** A copy with other rates. */
  public StyleSettings with(LearningRates other) {
    StyleDraft draft = new StyleDraft(this);
    draft.rates = other;
    return draft.settings();
  }

  /** A copy with another schedule and number of steps. */
  public StyleSettings with(RateSchedule other) {
    StyleDraft draft = new StyleDraft(this);
    draft.schedule = other;
    return draft.settings();
  }

  /** A copy with another optimiser. */
  public StyleSettings with(Optimizer other) {
    StyleDraft draft = new StyleDraft(this);
    draft.optimizer = other;
    return draft.settings();
  }

  /** A copy with another objective. */
  public StyleSettings with(ObjectiveSettings other) {
    StyleDraft draft = new StyleDraft(this);
    draft.objective = other;
    return draft.settings();
  }

  /** A copy with so many steps, and a warm-up of the same share of them. */
  public StyleSettings withSteps(int steps) {
    double share = schedule.warmup() / (double) schedule.steps();
    return with(new RateSchedule(schedule.decay(), steps, 0, schedule.minimum()).warmupPart(share));
  }

  /** A copy with factors of another rank, and alpha equal to it. */
  public StyleSettings withRank(int rank) {
    return with(recipe.rank(rank, rank));
  }

  /** A copy with gradients of so many batches added up for one step. */
  public StyleSettings withAccumulation(int batches) {
    StyleDraft draft = new StyleDraft(this);
    draft.accumulate = batches;
    return draft.settings();
  }

  /** A copy with gradients clipped to another norm; 0 for any. */
  public StyleSettings withClip(double norm) {
    StyleDraft draft = new StyleDraft(this);
    draft.clip = norm;
    return draft.settings();
  }

  /** A copy whose factors are a moving average that keeps this share of itself; 0 for none. */
  public StyleSettings withAverage(double decay) {
    StyleDraft draft = new StyleDraft(this);
    draft.averageDecay = decay;
    return draft.settings();
  }

  /** A copy with a greatest norm of the change of each layer's weight. */
  public StyleSettings withMaxNorm(double norm) {
    StyleDraft draft = new StyleDraft(this);
    draft.maxNorm = OptionalDouble.of(norm);
    return draft.settings();
  }

  /** A copy with parts of the denoiser computed twice, or not. */
  public StyleSettings withCheckpointing(boolean twice) {
    StyleDraft draft = new StyleDraft(this);
    draft.checkpointing = twice;
    return draft.settings();
  }

  /** A copy with so many layers of the text encoders left out, beyond what the base leaves out. */
  public StyleSettings withClipSkip(int layers) {
    StyleDraft draft = new StyleDraft(this);
    draft.clipSkip = layers;
    return draft.settings();
  }

  /** A copy with captions in so many chunks. */
  public StyleSettings withCaptionChunks(int chunks) {
    StyleDraft draft = new StyleDraft(this);
    draft.captionChunks = chunks;
    return draft.settings();
  }

  /** A copy with another seed. */
  public StyleSettings withSeed(long other) {
    StyleDraft draft = new StyleDraft(this);
    draft.seed = other;
    return draft.settings();
  }

  /** A copy with another guidance scale told to the denoiser. */
  public StyleSettings withGuidance(double scale) {
    StyleDraft draft = new StyleDraft(this);
    draft.guidance = OptionalDouble.of(scale);
    return draft.settings();
  }

  /** A copy with factors stored in another type. */
  public StyleSettings withStored(DType other) {
    StyleDraft draft = new StyleDraft(this);
    draft.stored = other;
    return draft.settings();
  }

  /** All settings; runs are known by this text. */
  @Override
  public String canonical() {
    return CanonicalForm.of("StyleSettings")
        .with("recipe", recipe)
        .with("optimizer", optimizer)
        .with("rates", rates)
        .with("schedule", schedule)
        .with("objective", objective)
        .with("accumulate", accumulate)
        .with("clip", clip)
        .with("averageDecay", averageDecay)
        .with("maxNorm", maxNorm)
        .with("clipSkip", clipSkip)
        .with("checkpointing", checkpointing)
        .with("seed", seed)
        .with("stored", stored)
        .with("captionChunks", captionChunks, 1)
        .with("guidance", guidance, OptionalDouble.empty())
        .text();
  }
}
