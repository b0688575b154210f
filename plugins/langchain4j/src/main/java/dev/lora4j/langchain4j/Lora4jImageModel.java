package dev.lora4j.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.image.ImageModel;
import dev.langchain4j.model.output.Response;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * Stable Diffusion with adapters, in this process, as an image model of LangChain4j. Pictures are
 * PNG files in base64, which record how they were made; the metadata of the answer have the {@code
 * seed} of the first, and the others count up. Several threads may ask at once. Interrupting a
 * thread stops its picture with a {@link java.util.concurrent.CancellationException}.
 *
 * <p>Whoever builds it closes it.
 */
public final class Lora4jImageModel implements ImageModel, AutoCloseable {
  private static final long SEEDS = 1L << 32;

  private final OpenedResources opened;
  private final StableDiffusion sd;
  private final Prompt template;
  private final OptionalLong seed;
  private final double strength;

  private Lora4jImageModel(Builder builder) {
    opened = new OpenedResources();
    seed = builder.seed;
    strength = builder.strength;
    try {
      sd = builder.opened(opened);
      MixPlan mix = AdapterMixes.of(builder.adapters(), sd::adapter);
      template = builder.settings.apply(Prompt.of("")).mix(mix);
      LoadOptions options = LoadOptions.in(sd.base().compute());
      sd.completed(template).requireFits(BaseOutline.of(sd.base().path(), options));
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** A builder; give it a base. */
  public static Builder builder() {
    return new Builder();
  }

  /** The loaded base. */
  public StableDiffusion base() {
    return sd;
  }

  /** Reads an adapter for the base. */
  public Adapter adapter(Path path) {
    return sd.adapter(path);
  }

  @Override
  public Response<Image> generate(String prompt) {
    return first(pictures(template.text(prompt), 1));
  }

  @Override
  public Response<List<Image>> generate(String prompt, int n) {
    if (n < 1) {
      throw new InvalidRequestException("n must be 1 or more, found " + n + ".");
    }
    return pictures(template.text(prompt), n);
  }

  /**
   * A picture that begins with another one, of the same size, which changes as much as the
   * builder's {@link Builder#strength} says.
   *
   * @param image with its data; URLs are not followed
   */
  @Override
  public Response<Image> edit(Image image, String prompt) {
    InitImages start = new InitImages(strength);
    return first(pictures(template.text(prompt).start(start.of(image)), 1));
  }

  /** Is refused: what a mask means differs between the models of LangChain4j. */
  @Override
  public Response<Image> edit(Image image, Image mask, String prompt) {
    throw new UnsupportedFeatureException(
        "mask cannot be used with lora4j's ImageModel; base().generate with"
            + " InitImage.of(picture, strength).within(mask) paints the light places anew.");
  }

  private static Response<Image> first(Response<List<Image>> all) {
    return Response.from(all.content().get(0), null, null, all.metadata());
  }

  private Response<List<Image>> pictures(Prompt prompt, int count) {
    long first = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(picture(prompt.seed(first + i)));
    }
    return Response.from(images, null, null, Map.of("seed", first));
  }

  private Image picture(Prompt prompt) {
    try {
      byte[] file = sd.generate(prompt).png();
      return Image.builder()
          .base64Data(Base64.getEncoder().encodeToString(file))
          .mimeType("image/png")
          .build();
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  /** Frees what the model has loaded, after the pictures that are being made. */
  @Override
  public void close() {
    opened.close();
  }

  /**
   * Builder of the model. What is not given is the base's own; sampler, steps and guidance scale
   * are those of an adapter for few steps if there is one.
   */
  public static final class Builder extends ModelBuilder<Builder> {
    private static final double HALF = 0.5;

    private Optional<StableDiffusion> given = Optional.empty();
    private UnaryOperator<Prompt> settings = prompt -> prompt;
    private OptionalLong seed = OptionalLong.empty();
    private double strength = HALF;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** Loaded base to use instead of loading one; its owner closes it. */
    public Builder stableDiffusion(StableDiffusion open) {
      given = Optional.of(open);
      return this;
    }

    /** Size in pixels. */
    public Builder size(int width, int height) {
      return with(prompt -> prompt.size(width, height));
    }

    /** Number of steps; as an adapter for few steps says, or else 20, if this is not called. */
    public Builder steps(int count) {
      return with(prompt -> prompt.steps(count));
    }

    /** Guidance scale. */
    public Builder guidanceScale(double scale) {
      return with(prompt -> prompt.guidance(scale));
    }

    /** Text that pictures must not show. */
    public Builder negativePrompt(String text) {
      return with(prompt -> prompt.negative(text));
    }

    /** Name of the sampler. */
    public Builder sampler(String name) {
      return with(prompt -> prompt.sampler(name));
    }

    /** Changes of every prompt that have no method here. */
    public Builder with(UnaryOperator<Prompt> change) {
      UnaryOperator<Prompt> before = settings;
      settings = prompt -> change.apply(before.apply(prompt));
      return this;
    }

    /** Seed of the first picture of every request; another one each time if this is not called. */
    public Builder seed(long value) {
      seed = OptionalLong.of(value);
      return this;
    }

    /** How much of a picture may change that is edited, above 0 and up to 1; 0.5 if not given. */
    public Builder strength(double share) {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "strength must be above 0 and at most 1, found " + share + ".");
      }
      strength = share;
      return this;
    }

    private StableDiffusion opened(OpenedResources opened) {
      if (given.isPresent()) {
        requireNothingToLoad("The base");
        return given.get();
      }
      StableDiffusion own =
          StableDiffusion.open(library(opened), folder(), LoadOptions.in(compute()));
      opened.add(own::close);
      return own;
    }

    /**
     * Loads the model.
     *
     * @throws IllegalArgumentException if the base cannot make pictures with these settings
     * @throws dev.lora4j.core.model.ModelException if the base makes no pictures, or is not whole
     * @throws dev.lora4j.core.adapter.AdapterException if an adapter does not fit it
     */
    public Lora4jImageModel build() {
      return new Lora4jImageModel(this);
    }
  }
}
