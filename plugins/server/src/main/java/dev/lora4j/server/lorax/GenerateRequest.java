package dev.lora4j.server.lorax;

import com.google.gson.JsonObject;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Body of a request for a text.
 *
 * @param inputs the prompt
 * @param adapter name of one or several as the field {@code model} of OpenAI's protocol has them;
 *     empty for the base
 * @param source where the adapter is said to be
 * @param merged adapters that are to be made one
 * @param choice how tokens are chosen
 * @param newTokens how many to add at most; as far as there is room if absent
 * @param truncate how many tokens of the prompt count, the last ones
 * @param bestOf how many texts are made, of which the likeliest is answered
 * @param alternatives how many of the likeliest tokens are told with each token
 * @param fullText true to answer with the prompt in front
 * @param details true to tell of tokens
 */
record GenerateRequest(
    String inputs,
    String adapter,
    String source,
    Optional<MergeRequest> merged,
    TokenChoiceFields choice,
    List<String> stops,
    OptionalInt newTokens,
    OptionalInt truncate,
    int bestOf,
    int alternatives,
    boolean fullText,
    boolean details) {
  /** The most texts of which the likeliest is answered. */
  static final int MOST_TEXTS = 2;

  /** The most texts to stop at. */
  static final int MOST_STOPS = 10;

  private static final int MOST_ALTERNATIVES = 20;

  /** LoRAX's name of a base without adapters. */
  private static final String BASE = "__base_model__";

  /** Folders on this machine are all there is, however clients call it. */
  private static final List<String> SOURCES = List.of("local", "hub");

  /**
   * Reads the body.
   *
   * @throws FieldException if a field has a value that cannot be used
   */
  static GenerateRequest of(JsonFields body) {
    String inputs = body.requiredText("inputs");
    if (inputs.isEmpty()) {
      throw new FieldException("inputs", "inputs must not be empty.");
    }
    JsonFields parameters =
        body.fields("parameters").orElseGet(() -> JsonFields.of(new JsonObject()));
    Parameter.require(parameters);
    String adapter = parameters.text("adapter_id").orElse("");
    Optional<MergeRequest> merged = parameters.fields("merged_adapters").map(MergeRequest::of);
    if (merged.isPresent() && !adapter.isEmpty()) {
      throw problem(parameters, "merged_adapters", "must be left out where adapter_id is given");
    }
    String source = parameters.text("adapter_source").orElse(SOURCES.get(0));
    if (!SOURCES.contains(source)) {
      throw problem(
          parameters,
          "adapter_source",
          "must be local or hub here, which are both the folders of this server; found \""
              + source
              + "\"");
    }
    int texts = parameters.integer("best_of", 1, MOST_TEXTS).orElse(1);
    TokenChoiceFields choice = TokenChoiceFields.of(parameters);
    if (texts > 1 && (choice.seeded() || !choice.draws())) {
      throw problem(parameters, "best_of", "above 1 needs do_sample and no seed");
    }
    List<String> stops = parameters.list("stop", JsonFields::text).orElse(List.of());
    if (stops.size() > MOST_STOPS || stops.contains("")) {
      throw problem(parameters, "stop", "must be up to " + MOST_STOPS + " texts, none empty");
    }
    return new GenerateRequest(
        inputs,
        adapter.equals(BASE) ? "" : adapter,
        source,
        merged,
        choice,
        stops,
        parameters.integer("max_new_tokens", 1, Integer.MAX_VALUE),
        parameters.integer("truncate", 1, Integer.MAX_VALUE),
        texts,
        parameters.integer("return_k_alternatives", 1, MOST_ALTERNATIVES).orElse(0),
        parameters.flag("return_full_text", false),
        parameters.flag("details", false));
  }

  private static FieldException problem(JsonFields fields, String field, String what) {
    String path = fields.path(field);
    return new FieldException(path, path + " " + what + ".");
  }
}
