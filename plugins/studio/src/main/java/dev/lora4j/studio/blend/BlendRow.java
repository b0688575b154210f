package dev.lora4j.studio.blend;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.KnownFields;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An adapter of a blend.
 *
 * @param path of its fields in the request, for messages
 * @param name in the library
 * @param text weight at the text encoders, if it is another
 * @param blocks shares of the weight by blocks, as {@link BlockWeights} reads them; empty for all
 * @param region id of the region in which it counts; empty for the whole picture
 * @param on false if it takes no part
 */
record BlendRow(
    String path,
    String name,
    Weight weight,
    Optional<Double> text,
    String blocks,
    String region,
    boolean on) {
  private static final Set<String> FIELDS =
      Set.of("name", "weight", "text", "blocks", "region", "on");
  private static final double MOST = 1000;

  static BlendRow of(JsonFields fields) {
    KnownFields.require(fields, FIELDS);
    OptionalDouble text = fields.number("text", -MOST, MOST);
    String blocks = fields.text("blocks").orElse("").strip();
    if (!blocks.isEmpty()) {
      checked(
          fields.path("blocks"),
          () -> {
            BlockWeights.requireForm(blocks);
            return blocks;
          });
    }
    return new BlendRow(
        fields.path(""),
        fields.requiredText("name"),
        weight(fields),
        text.isPresent() ? Optional.of(text.getAsDouble()) : Optional.empty(),
        blocks,
        fields.text("region").orElse(""),
        fields.flag("on", true));
  }

  /** An adapter that a prompt names. */
  static BlendRow of(LoraTags.Tag tag) {
    return new BlendRow("prompt.", tag.name(), Weight.of(tag.weight()), tag.text(), "", "", true);
  }

  /** A weight is a text, as curves are; a plain number is taken too. */
  private static Weight weight(JsonFields fields) {
    boolean number =
        fields.any("weight").filter(w -> w.isJsonPrimitive()).isPresent()
            && fields.object().getAsJsonPrimitive("weight").isNumber();
    if (number) {
      return Weight.of(fields.number("weight", -MOST, MOST).orElse(1));
    }
    String text = fields.text("weight").orElse("1").strip();
    return checked(fields.path("weight"), () -> Weight.parse(text));
  }

  /**
   * The shares at the layers of a base.
   *
   * @throws FieldException if the base has no such blocks
   */
  SiteWeights shares(SiteCatalogue sites) {
    if (blocks.isEmpty()) {
      return SiteWeights.ALL;
    }
    return checked(field("blocks"), () -> BlockWeights.of(blocks, sites));
  }

  /** Path of one of its fields. */
  String field(String name) {
    return path + name;
  }

  /** What is read of a field, whose errors then name it. */
  static <T> T checked(String field, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FieldException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new FieldException(field, field + ": " + e.getMessage());
    }
  }
}
