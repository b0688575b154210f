package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.generate.TokenLogProbability;
import dev.lora4j.text.token.TextTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Log-probabilities of tokens in the two forms that OpenAI has for them. */
record LogProbabilityJson(TextTokenizer tokenizer) {
  /** The least number that JSON can say for a token that is impossible, as vLLM says it. */
  private static final double IMPOSSIBLE = -9999;

  /** The form of chats. */
  JsonObject chat(List<TokenChoice> choices) {
    JsonArray content = new JsonArray();
    for (TokenChoice choice : choices) {
      JsonObject token = token(choice.chosen());
      JsonArray likeliest = new JsonArray();
      choice.likeliest().forEach(one -> likeliest.add(token(one)));
      token.add("top_logprobs", likeliest);
      content.add(token);
    }
    JsonObject all = new JsonObject();
    all.add("content", content);
    all.add("refusal", JsonNull.INSTANCE);
    return all;
  }

  private JsonObject token(TokenLogProbability one) {
    String text = text(one);
    JsonArray bytes = new JsonArray();
    for (byte part : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(part & 0xff);
    }
    JsonObject token = new JsonObject();
    token.addProperty("token", text);
    token.addProperty("logprob", value(one));
    token.add("bytes", bytes);
    return token;
  }

  /**
   * The form of completions.
   *
   * @param offset where in the answered text the first token begins
   */
  JsonObject completion(List<TokenChoice> choices, int offset) {
    JsonArray tokens = new JsonArray();
    JsonArray values = new JsonArray();
    JsonArray likeliest = new JsonArray();
    JsonArray offsets = new JsonArray();
    int place = offset;
    for (TokenChoice choice : choices) {
      String text = text(choice.chosen());
      tokens.add(text);
      values.add(value(choice.chosen()));
      JsonObject best = new JsonObject();
      choice.likeliest().forEach(one -> best.addProperty(text(one), value(one)));
      likeliest.add(best);
      offsets.add(place);
      place += text.length();
    }
    JsonObject all = new JsonObject();
    all.add("tokens", tokens);
    all.add("token_logprobs", values);
    all.add("top_logprobs", likeliest);
    all.add("text_offset", offsets);
    return all;
  }

  private String text(TokenLogProbability one) {
    return tokenizer.decode(new int[] {one.token()}, false);
  }

  private static double value(TokenLogProbability one) {
    return Math.max(one.value(), IMPOSSIBLE);
  }
}
