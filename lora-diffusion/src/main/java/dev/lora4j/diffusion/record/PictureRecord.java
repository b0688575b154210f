package dev.lora4j.diffusion.record;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.request.MicroConditioning;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Record of a generated picture in its file, from which the picture can be made again.
 *
 * @param prompt the request, without adapters, their mixer, textual inversions, the picture that it
 *     began with and references
 * @param adapters what took part, in order
 * @param order how the adapters followed each other
 * @param mixer what blended the adapters, with all of its settings; absent if they were added up
 * @param embeddings textual inversions that took part
 * @param start the picture that it began with
 * @param references pictures that the denoiser saw beside it
 * @param info the circumstances
 * @param batch the records of all pictures that were made at once, in order; empty if it was alone
 */
public record PictureRecord(
    Prompt prompt,
    List<AdapterRecord> adapters,
    AdapterOrder order,
    Optional<ExtensionRequest> mixer,
    List<Word> embeddings,
    Optional<Start> start,
    List<Reference> references,
    GenerationInfo info,
    List<PictureRecord> batch) {
  /** Name of the text in a PNG file that holds the record. */
  public static final String KEYWORD = "lora4j";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** A textual inversion that took part. */
  public record Word(String name, String identity) {}

  /**
   * The picture that a run began with.
   *
   * @param hash SHA-256 of its pixels and of the mask
   */
  public record Start(String name, double strength, String hash) {}

  /**
   * A picture that the denoiser saw beside it.
   *
   * @param hash SHA-256 of its size and pixels
   */
  public record Reference(String name, String hash) {}

  /** Copies the lists. */
  public PictureRecord {
    adapters = List.copyOf(adapters);
    embeddings = List.copyOf(embeddings);
    references = List.copyOf(references);
    batch = List.copyOf(batch);
  }

  /**
   * Record of a generated picture.
   *
   * @param together the prompts of all pictures that were made at once
   */
  static PictureRecord of(Prompt prompt, GenerationInfo making, List<Prompt> together) {
    PictureRecord alone = of(prompt, making);
    return together.size() == 1
        ? alone
        : new PictureRecord(
            alone.prompt,
            alone.adapters,
            alone.order,
            alone.mixer,
            alone.embeddings,
            alone.start,
            alone.references,
            making,
            together.stream().map(p -> of(p, making)).toList());
  }

  /** Record of a picture that was made alone. */
  public static PictureRecord of(Prompt prompt, GenerationInfo making) {
    List<AdapterRecord> parts = prompt.mix().parts().stream().map(AdapterRecord::of).toList();
    Optional<Start> start =
        prompt.start().map(s -> new Start(s.picture().name(), s.strength(), s.hash()));
    List<Word> words =
        prompt.usedEmbeddings().stream().map(e -> new Word(e.name(), e.identity())).toList();
    List<Reference> references =
        prompt.references().stream().map(r -> new Reference(r.picture().name(), r.hash())).toList();
    Prompt plain =
        prompt
            .mix(MixPlan.NONE)
            .withoutMixer()
            .embeddings(List.of())
            .withoutStart()
            .references(List.of());
    AdapterOrder order = prompt.mix().order();
    Optional<ExtensionRequest> mixer = prompt.mixer().map(ExtensionRequest::of);
    return new PictureRecord(
        plain, parts, order, mixer, words, start, references, making, List.of());
  }

  /**
   * Reads the record in a PNG file.
   *
   * @throws IllegalArgumentException if the file has none, or one that cannot be understood
   */
  public static PictureRecord read(Path file) {
    return parse(file.toString(), PngFile.texts(file));
  }

  /**
   * Reads the record in a PNG file's content.
   *
   * @param name of the file in messages
   * @throws IllegalArgumentException as {@link #read(Path)}
   */
  public static PictureRecord read(String name, byte[] content) {
    return parse(name, PngFile.texts(name, content));
  }

  private static PictureRecord parse(String file, Map<String, String> texts) {
    String json =
        Optional.ofNullable(texts.get(KEYWORD))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        file
                            + " does not say how it was made in a form that this program knows;"
                            + " pictures that it makes itself do, unless another program wrote"
                            + " them anew."));
    try {
      return whole(JsonParser.parseString(json).getAsJsonObject());
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | NullPointerException e) {
      throw new IllegalArgumentException(
          file + " holds a record that cannot be understood: " + e.getMessage(), e);
    }
  }

  private static PictureRecord whole(JsonObject json) {
    GenerationInfo making = GSON.fromJson(json.get("making"), GenerationInfo.class);
    List<PictureRecord> batch = new ArrayList<>();
    if (json.has("batch")) {
      json.getAsJsonArray("batch")
          .forEach(one -> batch.add(parse(one.getAsJsonObject(), making, List.of())));
    }
    return parse(json, making, batch);
  }

  private static PictureRecord parse(
      JsonObject json, GenerationInfo making, List<PictureRecord> batch) {
    Prompt prompt =
        Prompt.of(json.get("prompt").getAsString())
            .negative(json.get("negative").getAsString())
            .seed(json.get("seed").getAsLong())
            .steps(json.get("steps").getAsInt())
            .size(json.get("width").getAsInt(), json.get("height").getAsInt())
            .sampler(json.get("sampler").getAsString())
            .schedule(SigmaSchedule.named(json.get("schedule").getAsString()))
            .clipSkip(json.get("clip_skip").getAsInt());
    if (json.has("guidance")) {
      prompt = prompt.guidance(json.get("guidance").getAsDouble());
    }
    if (json.has("true_cfg")) {
      prompt = prompt.trueCfg(json.get("true_cfg").getAsDouble());
    }
    if (json.has("sizes")) {
      Optional<MicroConditioning.Sizes> negative =
          Optional.ofNullable(json.get("negative_sizes")).map(PictureRecord::sizes);
      prompt = prompt.micro(new MicroConditioning(sizes(json.get("sizes")), negative));
    }
    List<AdapterRecord> parts = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("adapters")) {
      parts.add(AdapterRecord.parse(element.getAsJsonObject()));
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
    List<Reference> references = new ArrayList<>();
    if (json.has("references")) {
      for (JsonElement element : json.getAsJsonArray("references")) {
        JsonObject one = element.getAsJsonObject();
        references.add(new Reference(one.get("name").getAsString(), one.get("hash").getAsString()));
      }
    }
    AdapterOrder order = AdapterOrder.valueOf(json.get("order").getAsString());
    Optional<ExtensionRequest> mixer =
        Optional.ofNullable(json.getAsJsonObject("mixer")).map(PictureRecord::mixer);
    return new PictureRecord(prompt, parts, order, mixer, words, start, references, making, batch);
  }

  private static ExtensionRequest mixer(JsonObject json) {
    Map<String, Object> settings = new LinkedHashMap<>();
    json.getAsJsonObject("settings")
        .entrySet()
        .forEach(s -> settings.put(s.getKey(), s.getValue().getAsString()));
    return new ExtensionRequest(json.get("name").getAsString(), settings);
  }

  private static MicroConditioning.Sizes sizes(JsonElement json) {
    return GSON.fromJson(json, MicroConditioning.Sizes.class);
  }

  /** The record as one JSON object. */
  public String json() {
    JsonObject json = request();
    if (!batch.isEmpty()) {
      JsonArray all = new JsonArray();
      batch.forEach(one -> all.add(one.request()));
      json.add("batch", all);
    }
    json.add("making", GSON.toJsonTree(info));
    return GSON.toJson(json);
  }

  private JsonObject request() {
    JsonObject json = new JsonObject();
    json.addProperty("prompt", prompt.text());
    json.addProperty("negative", prompt.negative());
    json.addProperty("seed", prompt.seed());
    json.addProperty("steps", prompt.steps());
    prompt.guidance().ifPresent(scale -> json.addProperty("guidance", scale));
    prompt.trueCfg().ifPresent(scale -> json.addProperty("true_cfg", scale));
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
    adapters.forEach(part -> all.add(part.json()));
    json.add("adapters", all);
    mixer.ifPresent(
        m -> {
          JsonObject settings = new JsonObject();
          m.settings().forEach((name, value) -> settings.addProperty(name, value.toString()));
          JsonObject one = new JsonObject();
          one.addProperty("name", m.name());
          one.add("settings", settings);
          json.add("mixer", one);
        });
    if (!embeddings.isEmpty()) {
      json.add("embeddings", GSON.toJsonTree(embeddings));
    }
    start.ifPresent(
        s -> {
          JsonObject one = new JsonObject();
          one.addProperty("name", s.name());
          one.addProperty("strength", s.strength());
          one.addProperty("hash", s.hash());
          json.add("start", one);
        });
    if (!references.isEmpty()) {
      json.add("references", GSON.toJsonTree(references));
    }
    return json;
  }
}
