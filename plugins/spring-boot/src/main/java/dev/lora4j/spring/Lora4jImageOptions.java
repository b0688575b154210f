package dev.lora4j.spring;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.ImageOptions;

/**
 * Options of pictures with those that Spring AI has no name for. What is null is as the properties
 * say. Begin with {@link #NONE}; each method returns a changed copy.
 *
 * @param n number of pictures, whose seeds count up
 * @param width in pixels
 * @param height in pixels
 * @param steps number of steps
 * @param guidanceScale guidance scale
 * @param negativePrompt text that the picture must not show
 * @param sampler name of the sampler
 * @param seed of the first picture
 * @param adapters weights by name, instead of those of the properties
 */
public record Lora4jImageOptions(
    @Nullable Integer n,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable Integer steps,
    @Nullable Double guidanceScale,
    @Nullable String negativePrompt,
    @Nullable String sampler,
    @Nullable Long seed,
    @Nullable Map<String, Double> adapters)
    implements ImageOptions {
  /** Nothing but what the properties say. */
  public static final Lora4jImageOptions NONE =
      new Lora4jImageOptions(null, null, null, null, null, null, null, null, null);

  /** Copies the map. */
  public Lora4jImageOptions {
    adapters = adapters == null ? null : Map.copyOf(adapters);
  }

  /** The options that ours and those of other models have in common. */
  static Lora4jImageOptions of(@Nullable ImageOptions options) {
    if (options == null) {
      return NONE;
    }
    return options instanceof Lora4jImageOptions own
        ? own
        : new Lora4jImageOptions(
            options.getN(),
            options.getWidth(),
            options.getHeight(),
            null,
            null,
            null,
            null,
            null,
            null);
  }

  /** A copy for so many pictures. */
  public Lora4jImageOptions n(int count) {
    return new Lora4jImageOptions(
        count, width, height, steps, guidanceScale, negativePrompt, sampler, seed, adapters);
  }

  /** A copy with another size in pixels. */
  public Lora4jImageOptions size(int otherWidth, int otherHeight) {
    return new Lora4jImageOptions(
        n, otherWidth, otherHeight, steps, guidanceScale, negativePrompt, sampler, seed, adapters);
  }

  /** A copy with another number of steps. */
  public Lora4jImageOptions steps(int count) {
    return new Lora4jImageOptions(
        n, width, height, count, guidanceScale, negativePrompt, sampler, seed, adapters);
  }

  /** A copy with another guidance scale. */
  public Lora4jImageOptions guidanceScale(double scale) {
    return new Lora4jImageOptions(
        n, width, height, steps, scale, negativePrompt, sampler, seed, adapters);
  }

  /** A copy with another negative text. */
  public Lora4jImageOptions negativePrompt(String text) {
    return new Lora4jImageOptions(
        n, width, height, steps, guidanceScale, text, sampler, seed, adapters);
  }

  /** A copy with another sampler. */
  public Lora4jImageOptions sampler(String name) {
    return new Lora4jImageOptions(
        n, width, height, steps, guidanceScale, negativePrompt, name, seed, adapters);
  }

  /** A copy with another seed. */
  public Lora4jImageOptions seed(long value) {
    return new Lora4jImageOptions(
        n, width, height, steps, guidanceScale, negativePrompt, sampler, value, adapters);
  }

  /** A copy with these adapters alone, their weights by name. */
  public Lora4jImageOptions adapters(Map<String, Double> weights) {
    return new Lora4jImageOptions(
        n, width, height, steps, guidanceScale, negativePrompt, sampler, seed, weights);
  }

  @Override
  public @Nullable Integer getN() {
    return n;
  }

  @Override
  public @Nullable String getModel() {
    return null;
  }

  @Override
  public @Nullable Integer getWidth() {
    return width;
  }

  @Override
  public @Nullable Integer getHeight() {
    return height;
  }

  @Override
  public @Nullable String getResponseFormat() {
    return null;
  }

  @Override
  public @Nullable String getStyle() {
    return null;
  }
}
