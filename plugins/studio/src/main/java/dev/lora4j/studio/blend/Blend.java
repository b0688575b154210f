package dev.lora4j.studio.blend;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.spi.Extensions;
import dev.lora4j.studio.action.KnownFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A picture with adapters blended in, as a page asks for it.
 *
 * @param base name of the base; empty for the first that the adapters fit
 * @param text of the prompt, without tags of adapters
 * @param seed absent where any will do
 * @param steps absent, as {@code guidance}, for those of an adapter for few steps, or else of the
 *     base
 * @param sampler empty for that of an adapter for few steps, or else of the base
 * @param width 0 for the base's own, as {@code height}
 * @param rows the adapters that take part, those of tags in the prompt last
 * @param mixer as {@code --mixer} has it; empty for none
 */
record Blend(
    String base,
    String text,
    String negative,
    OptionalLong seed,
    OptionalInt steps,
    OptionalDouble guidance,
    String sampler,
    SigmaSchedule schedule,
    int width,
    int height,
    List<BlendRow> rows,
    String mixer,
    Route route) {
  static final Set<String> FIELDS =
      Set.of(
          "base",
          "prompt",
          "negative",
          "seed",
          "steps",
          "guidance",
          "sampler",
          "schedule",
          "width",
          "height",
          "adapters",
          "mixer",
          "route");

  private static final int LONGEST_TEXT = 20_000;
  private static final int MOST_STEPS = 1000;
  private static final int MOST_GUIDANCE = 1000;
  private static final int LONGEST_SIDE = 16_384;
  private static final long MOST_PIXELS = 4096L * 4096;
  private static final int MOST_ROWS = 64;

  /** Copies the list. */
  Blend {
    rows = List.copyOf(rows);
  }

  /**
   * Reads the fields.
   *
   * @param more names of fields that the request has beside those of a blend
   * @throws FieldException if one is unknown or cannot be meant
   */
  static Blend of(JsonFields fields, Set<String> more) {
    Set<String> known = new HashSet<>(FIELDS);
    known.addAll(more);
    KnownFields.require(fields, known);
    LoraTags tags =
        BlendRow.checked(fields.path("prompt"), () -> LoraTags.of(text(fields, "prompt", true)));
    List<BlendRow> rows =
        new ArrayList<>(
            fields
                .list("adapters", (path, row) -> BlendRow.of(JsonFields.fields(path, row)))
                .orElse(List.of()));
    if (rows.size() > MOST_ROWS) {
      throw new FieldException(
          fields.path("adapters"), "adapters must be at most " + MOST_ROWS + ".");
    }
    tags.tags().forEach(tag -> rows.add(BlendRow.of(tag)));
    rows.removeIf(row -> !row.on());
    String sampler = fields.text("sampler").orElse("");
    if (!sampler.isEmpty()) {
      BlendRow.checked(fields.path("sampler"), () -> Samplers.named(sampler));
    }
    String mixer = fields.text("mixer").orElse("").strip();
    if (!mixer.isEmpty()) {
      BlendRow.checked(fields.path("mixer"), () -> mixer(mixer));
    }
    Blend blend =
        new Blend(
            fields.text("base").orElse(""),
            tags.text(),
            text(fields, "negative", false),
            fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
            fields.integer("steps", 1, MOST_STEPS),
            fields.number("guidance", 0, MOST_GUIDANCE),
            sampler,
            schedule(fields),
            side(fields, "width"),
            side(fields, "height"),
            rows,
            rows.isEmpty() ? "" : mixer,
            route(fields));
    blend.requireSize(fields);
    return blend;
  }

  private static String text(JsonFields fields, String name, boolean required) {
    String text = required ? fields.requiredText(name) : fields.text(name).orElse("");
    if (text.length() > LONGEST_TEXT) {
      throw new FieldException(
          fields.path(name),
          fields.path(name)
              + " must be at most "
              + LONGEST_TEXT
              + " characters, found "
              + text.length()
              + ".");
    }
    return text;
  }

  private static SigmaSchedule schedule(JsonFields fields) {
    return fields
        .text("schedule")
        .filter(name -> !name.isEmpty())
        .map(name -> BlendRow.checked(fields.path("schedule"), () -> SigmaSchedule.named(name)))
        .orElse(SigmaSchedule.DEFAULT);
  }

  private static Route route(JsonFields fields) {
    String name = fields.text("route").filter(text -> !text.isEmpty()).orElse("auto");
    return Route.of(name)
        .orElseThrow(
            () ->
                new FieldException(
                    fields.path("route"),
                    "route must be auto, merged or unmerged, found '" + name + "'."));
  }

  private static int side(JsonFields fields, String name) {
    OptionalInt side = fields.integer(name, 0, LONGEST_SIDE);
    return side.orElse(0);
  }

  private void requireSize(JsonFields fields) {
    if ((width == 0) != (height == 0)) {
      String missing = fields.path(width == 0 ? "width" : "height");
      throw new FieldException(
          missing, "Give both width and height, or neither for the base's own size.");
    }
    if ((long) width * height > MOST_PIXELS) {
      throw new FieldException(
          fields.path("width"),
          width + "x" + height + " is more than the " + MOST_PIXELS + " pixels of a picture here.");
    }
  }

  private static Mixer mixer(String text) {
    return Extensions.installed().make(Mixer.class, text);
  }

  /** The picture without its adapters; the plan in it has their route. */
  Prompt prompt(long drawn) {
    Prompt prompt =
        Prompt.of(text)
            .negative(negative)
            .seed(seed.orElse(drawn))
            .sampler(sampler)
            .schedule(schedule)
            .size(width, height)
            .mix(MixPlan.NONE.route(route));
    prompt = steps.isPresent() ? prompt.steps(steps.getAsInt()) : prompt;
    prompt = guidance.isPresent() ? prompt.guidance(guidance.getAsDouble()) : prompt;
    return mixer.isEmpty() ? prompt : prompt.mixer(mixer(mixer));
  }
}
