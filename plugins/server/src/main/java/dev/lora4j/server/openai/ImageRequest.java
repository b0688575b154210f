package dev.lora4j.server.openai;

import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Body of {@code POST /v1/images/generations}. Beside OpenAI's fields it has those that pictures
 * here need: {@code seed}, {@code steps}, {@code guidance_scale}, {@code true_cfg_scale}, {@code
 * negative_prompt}, {@code sampler} and {@code reference_images}. Steps, guidance scale and sampler
 * that it does not say stay unnamed in its prompts.
 *
 * @param model name of a base, or of adapters on it
 * @param prompts one for each picture; tags of adapters are still in their texts
 * @param references pictures that the denoiser sees beside each
 * @param encoding of the files
 * @param url true to answer with data URLs instead of base64 fields
 * @param ignored fields that are known and have no effect here
 */
record ImageRequest(
    String model,
    List<Prompt> prompts,
    ReferenceFields references,
    ImageEncoding encoding,
    boolean url,
    List<String> ignored) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
  private static final int MOST_PICTURES = 10;
  private static final int MOST_STEPS = 1000;
  private static final long SEEDS = 1L << 32;

  /** Steps for each value of {@code quality} that says any. */
  private static final Map<String, Integer> STEPS =
      Map.of("low", 10, "medium", 20, "standard", 20, "high", 40, "hd", 40);

  private static final List<String> QUALITIES =
      List.of("auto", "low", "medium", "high", "standard", "hd");

  /** Fields of OpenAI's own models that change nothing here. */
  private static final List<String> WITHOUT_EFFECT = List.of("moderation", "style", "user");

  /**
   * Reads the body.
   *
   * @throws FieldException if a field has a value that cannot be used
   */
  static ImageRequest of(JsonFields body) {
    String text = body.requiredText("prompt");
    int count = body.integer("n", 1, MOST_PICTURES).orElse(1);
    if (body.flag("stream", false)) {
      throw new FieldException(
          "stream", "stream must be false: pictures are answered whole, when they are done.");
    }
    choice(body, "background", List.of("auto", "opaque"));
    long seed =
        body.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE)
            .orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
    Prompt prompt = stepped(body, sized(body, Prompt.of(text)));
    prompt = prompt.negative(body.text("negative_prompt").orElse(""));
    if (body.has("guidance_scale")) {
      prompt = prompt.guidance(body.number("guidance_scale", 0, 1000).orElseThrow());
    }
    if (body.has("true_cfg_scale")) {
      prompt = prompt.trueCfg(body.number("true_cfg_scale", 1, 1000).orElseThrow());
    }
    prompt = prompt.sampler(body.text("sampler").orElse(""));
    List<Prompt> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(prompt.seed(seed + i));
    }
    return new ImageRequest(
        body.text("model").orElse(""),
        all,
        ReferenceFields.of(body),
        ImageEncoding.of(body),
        choice(body, "response_format", List.of("b64_json", "url")).equals(Optional.of("url")),
        WITHOUT_EFFECT.stream().filter(body::has).toList());
  }

  /** The prompt with the steps that the request says, by their number or by its quality. */
  private static Prompt stepped(JsonFields body, Prompt prompt) {
    String quality = choice(body, "quality", QUALITIES).orElse("auto");
    OptionalInt said = body.integer("steps", 1, MOST_STEPS);
    if (said.isPresent()) {
      return prompt.steps(said.getAsInt());
    }
    return STEPS.containsKey(quality) ? prompt.steps(STEPS.get(quality)) : prompt;
  }

  private static Prompt sized(JsonFields body, Prompt prompt) {
    String size = body.text("size").orElse("auto");
    if (size.equals("auto")) {
      return prompt;
    }
    Matcher sizes = SIZE.matcher(size);
    if (!sizes.matches()) {
      throw new FieldException(
          "size", "size must be auto or WIDTHxHEIGHT such as 512x512, found \"" + size + "\".");
    }
    return prompt.size(Integer.parseInt(sizes.group(1)), Integer.parseInt(sizes.group(2)));
  }

  /** A text out of a list of values. */
  static Optional<String> choice(JsonFields body, String field, List<String> values) {
    Optional<String> found = body.text(field);
    found
        .filter(value -> !values.contains(value))
        .ifPresent(
            value -> {
              throw new FieldException(
                  body.path(field),
                  body.path(field)
                      + " must be "
                      + String.join(", ", values)
                      + "; found \""
                      + value
                      + "\".");
            });
    return found;
  }
}
