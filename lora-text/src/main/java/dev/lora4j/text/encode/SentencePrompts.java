package dev.lora4j.text.encode;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.model.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Prompts that a sentence encoder wants before its texts, as its folder has them in the {@code
 * config_sentence_transformers.json} of sentence-transformers; empty for none.
 *
 * @param plain before texts of which no use is said
 * @param query before what is searched for
 * @param document before what is found
 */
public record SentencePrompts(String plain, String query, String document) {
  /** No prompts. */
  public static final SentencePrompts NONE = new SentencePrompts("", "", "");

  private static final String FILE = "config_sentence_transformers.json";
  private static final String PROMPTS = "prompts";
  private static final String DEFAULT = "default_prompt_name";

  /** Names of prompts of documents, the first of which counts, as in sentence-transformers 6.2. */
  private static final List<String> DOCUMENTS = List.of("document", "passage", "corpus");

  /**
   * Reads a folder. A query has the prompt {@code query}, a document {@code document}, {@code
   * passage} or {@code corpus}; without one, that which the file calls its default, as other texts.
   *
   * @throws ModelException if the default is none of the prompts
   */
  public static SentencePrompts of(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file) || !(ModuleFiles.json(file) instanceof JsonObject config)) {
      return NONE;
    }
    JsonObject prompts =
        config.get(PROMPTS) instanceof JsonObject object ? object : new JsonObject();
    String plain = "";
    if (config.get(DEFAULT) instanceof JsonPrimitive name && name.isString()) {
      plain =
          named(prompts, name.getAsString())
              .orElseThrow(
                  () ->
                      new ModelException(
                          file
                              + ": '"
                              + DEFAULT
                              + "' is "
                              + name
                              + ", which is none of its prompts "
                              + prompts.keySet()
                              + "."));
    }
    String document = plain;
    for (String name : DOCUMENTS) {
      Optional<String> found = named(prompts, name);
      if (found.isPresent()) {
        document = found.get();
        break;
      }
    }
    return new SentencePrompts(plain, named(prompts, "query").orElse(plain), document);
  }

  private static Optional<String> named(JsonObject prompts, String name) {
    JsonElement found = prompts.get(name);
    return found instanceof JsonPrimitive text && text.isString()
        ? Optional.of(text.getAsString())
        : Optional.empty();
  }
}
