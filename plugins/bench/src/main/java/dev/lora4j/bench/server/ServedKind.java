package dev.lora4j.bench.server;

import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** What is asked of a server: texts of tiny-lm or pictures of emoji-sd. */
enum ServedKind {
  /** Greedy texts. */
  TEXTS("texts", "peft", ".self_attn.", 16, 16),
  /** Pictures of few steps. */
  PICTURES("pictures", "kohya", ".attentions.", 4, 8);

  /** Tokens that each text gets. */
  static final int TOKENS = 16;

  /** Steps of a picture where nothing else is said. */
  static final int STEPS = 4;

  private static final double GUIDANCE = 3;
  private static final int BATCHES = 4;

  /** Shorter than what a cache of prefixes keeps, so that each is read whole each time. */
  private static final List<String> PROMPTS =
      List.of(
          "My fellow citizens, the state of the Union",
          "The people of the United States have",
          "We have seen in the past year that the Government",
          "I ask the Congress to consider");

  private static final List<String> THINGS = List.of("a fox", "a red apple", "a house", "a boat");

  private final String text;
  private final String layout;
  private final String layers;
  private final int rows;
  private final int clients;

  ServedKind(String text, String layout, String layers, int rows, int clients) {
    this.text = text;
    this.layout = layout;
    this.layers = layers;
    this.rows = rows;
    this.clients = clients;
  }

  /** As in the names of cases. */
  String text() {
    return text;
  }

  /** The bundled base that it is asked of. */
  BundledModel base() {
    return this == TEXTS ? BundledModel.TEXTS : BundledModel.PICTURES;
  }

  /** Layout of its adapters' files, which the peer reads too. */
  String layout() {
    return layout;
  }

  /** The layers that its adapters change, by their names: those of attention. */
  Predicate<String> layers() {
    return name -> name.contains(layers);
  }

  /** How many are computed at once. */
  int rows() {
    return rows;
  }

  /**
   * Clients that keep as many requests waiting. The text of a row that is done makes room at once;
   * pictures of a batch end together, and the next batch has to wait by then.
   */
  int clients() {
    return clients;
  }

  /** Requests of a burst, a second or less. */
  int burst() {
    return BATCHES * rows;
  }

  /** Options of {@code serve} for this base alone. */
  List<String> options() {
    return this == TEXTS
        ? List.of("--text", "tiny-lm=" + TinyLm.folder(), "--rows", Integer.toString(rows))
        : List.of("--base", "emoji-sd=" + BundledModel.folder(), "--batch", Integer.toString(rows));
  }

  /** The folder of the base. */
  Path folder() {
    return this == TEXTS ? TinyLm.folder() : BundledModel.folder();
  }

  /** A request of the usual size to a model, another one for each number. */
  ServerRequest request(String model, int number) {
    return this == TEXTS ? text(model, number, TOKENS) : picture(model, number, STEPS);
  }

  /** A request for a greedy text, which is answered whole. */
  static ServerRequest text(String model, int number, int tokens) {
    return new ServerRequest("/v1/completions", completion(model, number, tokens));
  }

  /** The same, answered as a stream. */
  static ServerRequest stream(String model, int number, int tokens) {
    JsonObject body = completion(model, number, tokens);
    body.addProperty("stream", true);
    return new ServerRequest("/v1/completions", body);
  }

  private static JsonObject completion(String model, int number, int tokens) {
    JsonObject body = new JsonObject();
    body.addProperty("model", model);
    body.addProperty("prompt", PROMPTS.get(number % PROMPTS.size()));
    body.addProperty("max_tokens", tokens);
    body.addProperty("temperature", 0);
    return body;
  }

  /** A request for a picture. */
  static ServerRequest picture(String model, int number, int steps) {
    JsonObject body = new JsonObject();
    body.addProperty("model", model);
    body.addProperty("prompt", THINGS.get(number % THINGS.size()));
    body.addProperty("seed", number);
    body.addProperty("steps", steps);
    body.addProperty("guidance_scale", GUIDANCE);
    return new ServerRequest("/v1/images/generations", body);
  }
}
