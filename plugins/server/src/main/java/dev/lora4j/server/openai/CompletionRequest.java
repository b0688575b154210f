package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Body of {@code POST /v1/completions}.
 *
 * @param model name of a base, or of adapters on it
 * @param prompts what the texts follow, in order, each as often as {@code n} says
 * @param echo true to repeat the prompt in front of each text
 */
record CompletionRequest(
    String model, List<TextPrompt> prompts, boolean echo, boolean stream, boolean usageAtEnd) {
  private static final int MOST_PROMPTS = 64;
  private static final int MOST_CHOICES = 16;
  private static final int TOKENS = 16;

  /**
   * Reads the body.
   *
   * @param tokenizer turns prompts that are tokens into texts
   * @throws FieldException if a field has a value that cannot be used
   */
  static CompletionRequest of(JsonFields body, TextTokenizer tokenizer) {
    JsonElement value =
        body.any("prompt")
            .orElseThrow(() -> body.missing("prompt", "a text, tokens, or a list of either"));
    List<String> texts = texts("prompt", value, tokenizer, false);
    if (texts.isEmpty() || texts.size() > MOST_PROMPTS) {
      throw new FieldException(
          "prompt",
          "prompt must be 1 to " + MOST_PROMPTS + " prompts, found " + texts.size() + ".");
    }
    ImageRequest.choice(body, "suffix", List.of(""));
    if (body.integer("best_of", 1, MOST_CHOICES).orElse(1) != 1) {
      throw new FieldException("best_of", "best_of must be 1 here.");
    }
    int count = body.integer("n", 1, MOST_CHOICES).orElse(1);
    List<TextPrompt> all = new ArrayList<>();
    for (String text : texts) {
      TextPrompt prompt = SamplingFields.apply(body, TextPrompt.of(text), TOKENS);
      OptionalInt likeliest = body.integer("logprobs", 0, ChatRequest.MOST_LIKELIEST);
      if (likeliest.isPresent()) {
        prompt = prompt.logProbabilities(LogProbabilities.likeliest(likeliest.getAsInt()));
      }
      all.addAll(ChatRequest.several(prompt, count));
    }
    return new CompletionRequest(
        body.text("model").orElse(""),
        all,
        body.flag("echo", false),
        body.flag("stream", false),
        body.fields("stream_options").map(o -> o.flag("include_usage", false)).orElse(false));
  }

  /**
   * A text, texts, tokens or lists of tokens, as embeddings take them too.
   *
   * @param plain true to leave out special tokens, which a model has around each text
   */
  static List<String> texts(
      String field, JsonElement value, TextTokenizer tokenizer, boolean plain) {
    if (value instanceof JsonPrimitive) {
      return List.of(JsonFields.text(field, value));
    }
    if (!(value instanceof JsonArray array)) {
      throw JsonFields.wrong(field, "a text, tokens, or a list of either", value);
    }
    if (!array.isEmpty() && array.get(0) instanceof JsonPrimitive one && one.isNumber()) {
      return List.of(tokenizer.decode(tokens(field, array), plain));
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      String path = field + "[" + i + "]";
      all.add(
          array.get(i) instanceof JsonArray ids
              ? tokenizer.decode(tokens(path, ids), plain)
              : JsonFields.text(path, array.get(i)));
    }
    return all;
  }

  private static int[] tokens(String path, JsonArray ids) {
    int[] all = new int[ids.size()];
    for (int i = 0; i < all.length; i++) {
      double id = JsonFields.number(path + "[" + i + "]", ids.get(i));
      if (id != (int) id || id < 0) {
        throw JsonFields.wrong(path + "[" + i + "]", "a token, a whole number", ids.get(i));
      }
      all[i] = (int) id;
    }
    return all;
  }
}
