package dev.lora4j.spring;

import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.Image;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImageOptions;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.image.ImageResponse;

/**
 * Stable Diffusion with adapters, in this process, as an image model of Spring AI. Pictures are PNG
 * files in base64, which record how they were made; {@link SeedMetadata} has their seeds. Sampler,
 * steps and guidance scale that nobody says are those of an adapter for few steps, or else of the
 * base. Several threads may ask at once; interrupting one stops its picture.
 */
public final class Lora4jImageModel implements ImageModel {
  private static final long SEEDS = 1L << 32;
  private static final String BASE64 = "b64_json";

  private final StableDiffusion sd;
  private final NamedAdapters adapters;
  private final Lora4jProperties.Image defaults;
  private final String name;

  Lora4jImageModel(
      String name, StableDiffusion sd, NamedAdapters adapters, Lora4jProperties.Image defaults) {
    this.name = name;
    this.sd = sd;
    this.adapters = adapters;
    this.defaults = defaults;
  }

  /** Refuses properties that the base cannot follow. */
  void requireDefaults() {
    sd.completed(prompt("", Lora4jImageOptions.NONE))
        .requireFits(BaseOutline.of(sd.base().path(), LoadOptions.in(sd.base().compute())));
  }

  /**
   * Makes the pictures of a prompt.
   *
   * @throws IllegalArgumentException if the base cannot make them
   * @throws UnsupportedOperationException if an option cannot be honoured
   */
  @Override
  public ImageResponse call(ImagePrompt request) {
    ImageOptions asked = request.getOptions();
    requireSupported(asked);
    Lora4jImageOptions options = Lora4jImageOptions.of(asked);
    Prompt prompt = prompt(text(request), options);
    int count = or(options.n(), 1);
    if (count < 1) {
      throw new IllegalArgumentException("n must be 1 or more, found " + count + ".");
    }
    Long seed = options.seed() == null ? defaults.seed() : options.seed();
    long first = seed == null ? ThreadLocalRandom.current().nextLong(SEEDS) : seed;
    List<ImageGeneration> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] file = sd.generate(prompt.seed(first + i)).png();
      Image image = new Image(null, Base64.getEncoder().encodeToString(file));
      pictures.add(new ImageGeneration(image, new SeedMetadata(first + i)));
    }
    return new ImageResponse(pictures);
  }

  private void requireSupported(@Nullable ImageOptions options) {
    if (options == null) {
      return;
    }
    OptionSupport.requireModel(options.getModel(), name);
    OptionSupport.require(options.getStyle() == null, "style", "adapters are styles");
    String format = options.getResponseFormat();
    OptionSupport.require(
        format == null || format.equals(BASE64), "responseFormat", "pictures are " + BASE64);
  }

  private static String text(ImagePrompt request) {
    List<ImageMessage> messages = request.getInstructions();
    OptionSupport.require(messages.size() == 1, "more than one message", "a prompt is one text");
    Float weight = messages.get(0).getWeight();
    OptionSupport.require(
        weight == null || weight == 1, "weight", "write (text:1.2) into the prompt");
    return messages.get(0).getText();
  }

  private Prompt prompt(String text, Lora4jImageOptions options) {
    Map<String, Double> weights = or(options.adapters(), defaults.adapters());
    Prompt prompt =
        Prompt.of(text)
            .negative(or(options.negativePrompt(), defaults.negativePrompt()))
            .sampler(or(options.sampler(), defaults.sampler()))
            .mix(adapters.mix(weights));
    Double scale =
        options.guidanceScale() == null ? defaults.guidanceScale() : options.guidanceScale();
    Integer steps = options.steps() == null ? defaults.steps() : options.steps();
    Prompt stepped = steps == null ? prompt : prompt.steps(steps);
    Prompt guided = scale == null ? stepped : stepped.guidance(scale);
    int width = side(options.width(), defaults.width());
    int height = side(options.height(), defaults.height());
    if ((width == 0) != (height == 0)) {
      throw new IllegalArgumentException(
          "width and height belong together, found " + width + " and " + height + ".");
    }
    return guided.size(width, height);
  }

  private static int side(@Nullable Integer asked, @Nullable Integer otherwise) {
    return or(asked, or(otherwise, 0));
  }

  private static <T> T or(@Nullable T asked, T otherwise) {
    return Optional.ofNullable(asked).orElse(otherwise);
  }
}
