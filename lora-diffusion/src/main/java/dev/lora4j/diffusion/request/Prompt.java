package dev.lora4j.diffusion.request;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Request of a picture. Immutable; begin with {@link #of}, and each method returns a changed copy.
 */
public final class Prompt {
  private static final int STEPS = 20;

  private final PromptValues values;

  Prompt(PromptValues values) {
    this.values = values;
  }

  /** Text that the picture shows. */
  public String text() {
    return values.text();
  }

  /** Text that the picture must not show. */
  public String negative() {
    return values.negative();
  }

  /** Seed of the noise. */
  public long seed() {
    return values.seed();
  }

  /** Number of steps; 20 if it names none. */
  public int steps() {
    return values.steps().orElse(STEPS);
  }

  /**
   * Number of steps that it names; empty for that of its first adapter for few steps, or else 20.
   */
  public OptionalInt namedSteps() {
    return values.steps();
  }

  /**
   * Guidance scale: how far to go from the negative text towards the text; 1 ignores the negative.
   * Empty for that of its first adapter for few steps, or else the base's default.
   */
  public OptionalDouble guidance() {
    return values.guidance();
  }

  /**
   * True CFG scale, diffusers' {@code true_cfg_scale}: how far to go from the negative text towards
   * the text on a base that is told the guidance scale, as FLUX.1 [dev] is. Such a base takes twice
   * as long above 1. Empty, like 1, for none.
   */
  public OptionalDouble trueCfg() {
    return values.trueCfg();
  }

  /** Width in pixels; 0 for the base's own. */
  public int width() {
    return values.width();
  }

  /** Height in pixels; 0 for the base's own. */
  public int height() {
    return values.height();
  }

  /**
   * Name of the sampler; empty for that of its first adapter for few steps, or else of the base's
   * scheduler.
   */
  public String sampler() {
    return values.sampler();
  }

  /** Sigma schedule of the sampler. */
  public SigmaSchedule schedule() {
    return values.schedule();
  }

  /**
   * Layers of the text encoder to leave out at its end, as some bases were trained; for Stable
   * Diffusion XL, which leaves out one itself, so many more.
   */
  public int clipSkip() {
    return values.clipSkip();
  }

  /** Init image, instead of pure noise. */
  public Optional<InitImage> start() {
    return values.start();
  }

  /** Pictures that the denoiser sees beside the one that it makes. */
  public List<ReferenceImage> references() {
    return values.references();
  }

  /** Size conditioning of a Stable Diffusion XL. */
  public MicroConditioning micro() {
    return values.micro();
  }

  /** Adapters that take part. */
  public MixPlan mix() {
    return values.mix();
  }

  /** Textual inversions, which take part where the texts have their words. */
  public List<Embedding> embeddings() {
    return values.embeddings();
  }

  /** How the adapters are blended; absent for the sum of what each does at its weight. */
  public Optional<Mixer> mixer() {
    return values.mixer();
  }

  /**
   * Checks what can be checked before a base is loaded: size, steps, layers of the text encoders.
   *
   * @throws IllegalArgumentException saying what does not go with the base
   */
  public void requireFits(BaseOutline base) {
    PictureSizeRules.require(base.sizeUnit(), base.longestSide(), width(), height());
    Sampler taken =
        Samplers.named(sampler().isEmpty() ? base.defaults().sampler().name() : sampler());
    schedule().requireFollowedBy(taken);
    base.schedule().config().settings().require(taken.name());
    taken.levels(schedule().of(base.schedule()), steps());
    if (clipSkip() > 0) {
      base.requireClipSkip(clipSkip());
    }
    MicroConditioning.requireKnown(micro(), base.path(), base.xl());
    GuidanceRules.require(base.path(), base.denoiser(), this);
  }

  /**
   * A prompt with seed 0 and no adapter, with the sampler, guidance scale and size of the base, and
   * 20 steps. An adapter for few steps that is given to it counts for sampler, steps and guidance
   * scale, as far as the prompt does not name them ({@link FewSteps}).
   */
  public static Prompt of(String text) {
    return new Prompt(
        new PromptValues(
            text,
            "",
            0,
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            0,
            0,
            "",
            SigmaSchedule.DEFAULT,
            0,
            Optional.empty(),
            List.of(),
            MicroConditioning.OWN,
            MixPlan.NONE,
            List.of(),
            Optional.empty()));
  }

  /** A copy with another text. */
  public Prompt text(String other) {
    return changed(d -> d.text = other);
  }

  /** A copy with another negative text. */
  public Prompt negative(String other) {
    return changed(d -> d.negative = other);
  }

  /** A copy with another seed. */
  public Prompt seed(long other) {
    return changed(d -> d.seed = other);
  }

  /** A copy with another number of steps. */
  public Prompt steps(int other) {
    return changed(d -> d.steps = OptionalInt.of(other));
  }

  /** A copy with another guidance scale. */
  public Prompt guidance(double other) {
    return changed(d -> d.guidance = OptionalDouble.of(other));
  }

  /**
   * A copy with another true CFG scale.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Prompt trueCfg(double other) {
    return changed(d -> d.trueCfg = OptionalDouble.of(other));
  }

  /** A copy with another size in pixels. */
  public Prompt size(int otherWidth, int otherHeight) {
    return changed(
        d -> {
          d.width = otherWidth;
          d.height = otherHeight;
        });
  }

  /**
   * A copy with another sampler, for example {@link Samplers#EULER_A}.
   *
   * @throws IllegalArgumentException if it is not installed, so that it could not be found again by
   *     its name
   */
  public Prompt sampler(Sampler other) {
    Samplers.requireInstalled(other);
    return sampler(other.name());
  }

  /** A copy with the sampler of a name; empty to name none. */
  public Prompt sampler(String name) {
    return changed(d -> d.sampler = name);
  }

  /** A copy with another sigma schedule. */
  public Prompt schedule(SigmaSchedule other) {
    return changed(d -> d.schedule = other);
  }

  /** A copy with so many layers of the text encoder left out. */
  public Prompt clipSkip(int layers) {
    return changed(d -> d.clipSkip = layers);
  }

  /** A copy with an init image, which also gives the size of the new picture. */
  public Prompt start(InitImage picture) {
    return changed(
        d -> {
          d.width = picture.picture().width();
          d.height = picture.picture().height();
          d.start = Optional.of(picture);
        });
  }

  /** Beginning with noise. */
  public Prompt withoutStart() {
    return changed(d -> d.start = Optional.empty());
  }

  /** A copy with pictures for the denoiser to see beside the one that it makes. */
  public Prompt references(List<ReferenceImage> others) {
    return changed(d -> d.references = others);
  }

  /** Telling a Stable Diffusion XL other sizes. */
  public Prompt micro(MicroConditioning other) {
    return changed(d -> d.micro = other);
  }

  /** A copy with other adapters. */
  public Prompt mix(MixPlan other) {
    return changed(d -> d.mix = other);
  }

  /** A copy with the adapters blended by a mixer. */
  public Prompt mixer(Mixer other) {
    return changed(d -> d.mixer = Optional.of(other));
  }

  /** A copy with the sum of what the adapters do. */
  public Prompt withoutMixer() {
    return changed(d -> d.mixer = Optional.empty());
  }

  /** A copy with other textual inversions. */
  public Prompt embeddings(List<Embedding> others) {
    return changed(d -> d.embeddings = others);
  }

  /** A copy with one more textual inversion. */
  public Prompt with(Embedding embedding) {
    List<Embedding> all = new ArrayList<>(embeddings());
    all.add(embedding);
    return embeddings(all);
  }

  /** The tokens of its textual inversions. */
  public EmbeddingTokens words() {
    return EmbeddingTokens.of(embeddings());
  }

  /** The textual inversions whose words the texts have, in the order in which they come. */
  public List<Embedding> usedEmbeddings() {
    return List.copyOf(words().used(text(), negative()));
  }

  private Prompt changed(Consumer<PromptDraft> change) {
    PromptDraft draft = new PromptDraft(this);
    change.accept(draft);
    return draft.prompt();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Prompt prompt && prompt.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("PromptValues", "Prompt");
  }
}
