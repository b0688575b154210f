package dev.lora4j.diffusion.request;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.spi.ExtensionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Request of a picture. Immutable; each method returns a changed copy.
 *
 * @param text what the picture shows
 * @param negative what it must not show
 * @param guidance how far to go from the negative towards the text; 1 ignores the negative
 * @param width in pixels; 0 for the base's own
 * @param height in pixels; 0 for the base's own
 * @param sampler name of the sampler; empty for the base's own, which is DDIM but for models of
 *     latent consistency
 * @param schedule sigma schedule of the sampler
 * @param clipSkip layers of the text encoder to leave out at its end, as some bases were trained;
 *     for Stable Diffusion XL, which leaves out one itself, so many more
 * @param start init image, instead of pure noise
 * @param micro size conditioning of a Stable Diffusion XL
 * @param mix adapters that take part
 * @param embeddings textual inversions, which take part where the texts have their words
 * @param mixer how the adapters are blended; absent for the sum of what each does at its weight
 */
public record Prompt(
    String text,
    String negative,
    long seed,
    int steps,
    double guidance,
    int width,
    int height,
    String sampler,
    SigmaSchedule schedule,
    int clipSkip,
    Optional<InitImage> start,
    MicroConditioning micro,
    MixPlan mix,
    List<Embedding> embeddings,
    Optional<Mixer> mixer) {

  /**
   * Checks the ranges, that no two textual inversions have the same word, and that the mixer has a
   * name for the picture's file.
   */
  public Prompt {
    embeddings = List.copyOf(embeddings);
    EmbeddingTokens.of(embeddings);
    mixer.ifPresent(ExtensionRequest::of);
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, found " + steps);
    }
    if (!Double.isFinite(guidance) || guidance < 0) {
      throw new IllegalArgumentException("guidance must be 0 or more, found " + guidance);
    }
    if (clipSkip < 0) {
      throw new IllegalArgumentException("clip skip must be 0 or more, found " + clipSkip);
    }
    if (width < 0 || height < 0) {
      throw new IllegalArgumentException("size must be positive, found " + width + "x" + height);
    }
    if (Math.max(width, height) > PictureSizeRules.LONGEST) {
      throw new IllegalArgumentException(
          "sides of pictures are at most "
              + PictureSizeRules.LONGEST
              + " pixels, found "
              + width
              + "x"
              + height);
    }
  }

  /**
   * Checks what can be checked before a base is loaded: size, steps, layers of the text encoders.
   *
   * @throws IllegalArgumentException saying what does not go with the base
   */
  public void requireFits(BaseOutline base) {
    PictureSizeRules.require(base.sizeUnit(), width, height);
    Sampler taken = Samplers.named(sampler.isEmpty() ? base.ownSampler() : sampler);
    schedule.requireFollowedBy(taken);
    base.schedule().config().settings().require(taken.name());
    taken.levels(schedule.of(base.schedule()), steps);
    if (clipSkip > 0) {
      base.requireClipSkip(clipSkip);
    }
    MicroConditioning.requireKnown(micro, base.path(), base.xl());
  }

  /**
   * A prompt with seed 0, 20 steps of the base's own sampler, guidance 3, no adapter, at the base's
   * own size.
   */
  public static Prompt of(String text) {
    return new Prompt(
        text,
        "",
        0,
        20,
        3,
        0,
        0,
        "",
        SigmaSchedule.DEFAULT,
        0,
        Optional.empty(),
        MicroConditioning.OWN,
        MixPlan.NONE,
        List.of(),
        Optional.empty());
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
    return changed(d -> d.steps = other);
  }

  /** A copy with another guidance scale. */
  public Prompt guidance(double other) {
    return changed(d -> d.guidance = other);
  }

  /** A copy with another size in pixels. */
  public Prompt size(int otherWidth, int otherHeight) {
    return changed(
        d -> {
          d.width = otherWidth;
          d.height = otherHeight;
        });
  }

  /** A copy with another sampler. */
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
    List<Embedding> all = new ArrayList<>(embeddings);
    all.add(embedding);
    return embeddings(all);
  }

  /** The tokens of its textual inversions. */
  public EmbeddingTokens words() {
    return EmbeddingTokens.of(embeddings);
  }

  /** The textual inversions whose words the texts have, in the order in which they come. */
  public List<Embedding> usedEmbeddings() {
    return List.copyOf(words().used(text, negative));
  }

  private Prompt changed(Consumer<PromptDraft> change) {
    PromptDraft draft = new PromptDraft(this);
    change.accept(draft);
    return draft.prompt();
  }
}
