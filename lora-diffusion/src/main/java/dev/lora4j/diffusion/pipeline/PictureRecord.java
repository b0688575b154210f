package dev.lora4j.diffusion.pipeline;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Order;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.sampling.LevelLaw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a picture's file says about how it was made, so that it can be made again.
 *
 * @param prompt the request, without adapters, textual inversions and the picture that it began
 *     with
 * @param adapters what took part, in order
 * @param order how the adapters followed each other
 * @param words textual inversions that took part
 * @param start the picture that it began with
 * @param making the circumstances
 */
public record PictureRecord(
    Prompt prompt,
    List<Part> adapters,
    Order order,
    List<Word> words,
    Optional<Start> start,
    Making making) {
  /** Name of the text in a PNG file that holds the record. */
  public static final String KEYWORD = "lora4j";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /**
   * An adapter that took part.
   *
   * @param blocks how much of the weight counted in which block, as {@link
   *     dev.lora4j.core.mix.BlockWeights} reads it; empty if all of it did everywhere
   */
  public record Part(String name, String identity, Weight weight, String blocks) {}

  /** A textual inversion that took part. */
  public record Word(String name, String identity) {}

  /**
   * The picture that a run began with.
   *
   * @param hash SHA-256 of its pixels and of the mask
   */
  public record Start(String name, double strength, String hash) {}

  /** Copies the lists. */
  public PictureRecord {
    adapters = List.copyOf(adapters);
    words = List.copyOf(words);
  }

  /** Of a picture that was made. */
  public static PictureRecord of(Prompt prompt, Making making) {
    List<Part> parts = new ArrayList<>();
    for (MixPlan.Part part : prompt.mix().parts()) {
      String name = part.adapter().name();
      String identity = part.adapter().identity();
      parts.add(new Part(name, identity, part.weight(), part.shares().text()));
    }
    Optional<Start> start =
        prompt.start().map(s -> new Start(s.picture().name(), s.strength(), s.hash()));
    List<Word> words =
        prompt.usedEmbeddings().stream().map(e -> new Word(e.name(), e.identity())).toList();
    Prompt plain = prompt.mix(MixPlan.NONE).embeddings(List.of()).withoutStart();
    return new PictureRecord(plain, parts, prompt.mix().order(), words, start, making);
  }

  /**
   * Reads the record in a PNG file.
   *
   * @throws IllegalArgumentException if the file has none, or one that cannot be understood
   */
  public static PictureRecord read(Path file) {
    String json =
        Optional.ofNullable(PngFile.texts(file).get(KEYWORD))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        file
                            + " does not say how it was made in a form that this program knows;"
                            + " pictures that it makes itself do, unless another program wrote"
                            + " them anew."));
    try {
      return parse(JsonParser.parseString(json).getAsJsonObject());
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | NullPointerException e) {
      throw new IllegalArgumentException(
          file + " holds a record that cannot be understood: " + e.getMessage(), e);
    }
  }

  private static PictureRecord parse(JsonObject json) {
    Prompt prompt =
        Prompt.of(json.get("prompt").getAsString())
            .negative(json.get("negative").getAsString())
            .seed(json.get("seed").getAsLong())
            .steps(json.get("steps").getAsInt())
            .guidance(json.get("guidance").getAsDouble())
            .size(json.get("width").getAsInt(), json.get("height").getAsInt())
            .sampler(json.get("sampler").getAsString())
            .schedule(LevelLaw.named(json.get("schedule").getAsString()))
            .clipSkip(json.get("clip_skip").getAsInt());
    if (json.has("sizes")) {
      Optional<MicroConditioning.Sizes> negative =
          Optional.ofNullable(json.get("negative_sizes")).map(PictureRecord::sizes);
      prompt = prompt.micro(new MicroConditioning(sizes(json.get("sizes")), negative));
    }
    List<Part> parts = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("adapters")) {
      JsonObject part = element.getAsJsonObject();
      Weight weight =
          Weight.steps(
              part.get("from").getAsDouble(),
              part.get("to").getAsDouble(),
              part.get("weight").getAsDouble());
      parts.add(
          new Part(
              part.get("name").getAsString(),
              part.get("identity").getAsString(),
              weight,
              part.has("blocks") ? part.get("blocks").getAsString() : ""));
    }
    Optional<Start> start =
        Optional.ofNullable(json.getAsJsonObject("start"))
            .map(
                s ->
                    new Start(
                        s.get("name").getAsString(),
                        s.get("strength").getAsDouble(),
                        s.get("hash").getAsString()));
    List<Word> words = new ArrayList<>();
    if (json.has("embeddings")) {
      for (JsonElement element : json.getAsJsonArray("embeddings")) {
        JsonObject one = element.getAsJsonObject();
        words.add(new Word(one.get("name").getAsString(), one.get("identity").getAsString()));
      }
    }
    Making making = GSON.fromJson(json.get("making"), Making.class);
    return new PictureRecord(
        prompt, parts, Order.valueOf(json.get("order").getAsString()), words, start, making);
  }

  private static MicroConditioning.Sizes sizes(JsonElement json) {
    return GSON.fromJson(json, MicroConditioning.Sizes.class);
  }

  /** The record as one JSON object. */
  public String json() {
    JsonObject json = new JsonObject();
    json.addProperty("prompt", prompt.text());
    json.addProperty("negative", prompt.negative());
    json.addProperty("seed", prompt.seed());
    json.addProperty("steps", prompt.steps());
    json.addProperty("guidance", prompt.guidance());
    json.addProperty("width", prompt.width());
    json.addProperty("height", prompt.height());
    json.addProperty("sampler", prompt.sampler());
    json.addProperty("schedule", prompt.schedule().text());
    json.addProperty("clip_skip", prompt.clipSkip());
    if (!prompt.micro().equals(MicroConditioning.OWN)) {
      json.add("sizes", GSON.toJsonTree(prompt.micro().sizes()));
      prompt.micro().negative().ifPresent(n -> json.add("negative_sizes", GSON.toJsonTree(n)));
    }
    json.addProperty("order", order.name());
    JsonArray all = new JsonArray();
    for (Part part : adapters) {
      JsonObject one = new JsonObject();
      one.addProperty("name", part.name());
      one.addProperty("identity", part.identity());
      one.addProperty("weight", part.weight().value());
      one.addProperty("from", part.weight().from());
      one.addProperty("to", part.weight().to());
      if (!part.blocks().isEmpty()) {
        one.addProperty("blocks", part.blocks());
      }
      all.add(one);
    }
    json.add("adapters", all);
    if (!words.isEmpty()) {
      json.add("embeddings", GSON.toJsonTree(words));
    }
    start.ifPresent(
        s -> {
          JsonObject one = new JsonObject();
          one.addProperty("name", s.name());
          one.addProperty("strength", s.strength());
          one.addProperty("hash", s.hash());
          json.add("start", one);
        });
    json.add("making", GSON.toJsonTree(making));
    return GSON.toJson(json);
  }
}
