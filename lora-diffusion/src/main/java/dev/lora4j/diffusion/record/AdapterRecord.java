package dev.lora4j.diffusion.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.StepWindow;
import dev.lora4j.core.mix.Weight;
import java.util.Optional;

/**
 * An adapter that took part in a picture, as the picture's file has it.
 *
 * @param text the weight at the text encoders, if it had one of its own
 * @param blocks how much of the weight counted in which block, as {@link
 *     dev.lora4j.core.mix.BlockWeights} reads it; empty if all of it did everywhere
 * @param region the part of the picture in which it counted, if not everywhere
 * @param rank how many directions were used of what DyLoRA trained, if not all; the identity is
 *     that of these
 */
public record AdapterRecord(
    String name,
    String identity,
    Weight weight,
    Optional<Double> text,
    String blocks,
    Optional<Region> region,
    Optional<Long> rank) {
  /**
   * A region.
   *
   * @param hash SHA-256 of its shares
   */
  public record Region(String name, String hash) {}

  static AdapterRecord of(MixPlan.Part part) {
    return new AdapterRecord(
        part.adapter().name(),
        part.adapter().identity(),
        part.weight(),
        part.text(),
        part.shares().text(),
        part.area().map(a -> new Region(a.name(), a.hash())),
        DyloraRule.cut(new Metadata(part.adapter().metadata())));
  }

  static AdapterRecord parse(JsonObject part) {
    // A window is in three numbers, as all weights were before there were curves.
    Weight weight =
        part.has("curve")
            ? Weight.parse(part.get("curve").getAsString())
            : Weight.steps(
                part.get("from").getAsDouble(),
                part.get("to").getAsDouble(),
                part.get("weight").getAsDouble());
    return new AdapterRecord(
        part.get("name").getAsString(),
        part.get("identity").getAsString(),
        weight,
        Optional.ofNullable(part.get("text")).map(JsonElement::getAsDouble),
        part.has("blocks") ? part.get("blocks").getAsString() : "",
        Optional.ofNullable(part.getAsJsonObject("region"))
            .map(r -> new Region(r.get("name").getAsString(), r.get("hash").getAsString())),
        Optional.ofNullable(part.get("rank")).map(JsonElement::getAsLong));
  }

  JsonObject json() {
    JsonObject one = new JsonObject();
    one.addProperty("name", name);
    one.addProperty("identity", identity);
    one.addProperty("weight", weight.value());
    if (weight instanceof StepWindow window) {
      one.addProperty("from", window.from());
      one.addProperty("to", window.to());
    } else {
      one.addProperty("curve", weight.text());
    }
    text.ifPresent(w -> one.addProperty("text", w));
    if (!blocks.isEmpty()) {
      one.addProperty("blocks", blocks);
    }
    region.ifPresent(
        r -> {
          JsonObject of = new JsonObject();
          of.addProperty("name", r.name());
          of.addProperty("hash", r.hash());
          one.add("region", of);
        });
    rank.ifPresent(r -> one.addProperty("rank", r));
    return one;
  }
}
