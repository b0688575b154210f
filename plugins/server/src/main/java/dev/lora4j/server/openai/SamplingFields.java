package dev.lora4j.server.openai;

import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Fields that chats and completions share: how tokens are chosen, and where a text ends. {@code
 * top_k}, {@code min_p} and {@code repetition_penalty} are vLLM's.
 */
final class SamplingFields {
  private static final int MOST_TOKENS = 1 << 20;
  private static final int MOST_STOPS = 16;
  private static final double HOTTEST = 2;
  private static final long SEEDS = 1L << 32;

  /** Fields that would make another text, each with the values at which they do nothing. */
  private static final List<String> PENALTIES = List.of("frequency_penalty", "presence_penalty");

  private SamplingFields() {}

  /**
   * A prompt with these settings.
   *
   * @param tokens how many tokens are added at most where the request says nothing
   */
  static TextPrompt apply(JsonFields body, TextPrompt prompt, int tokens) {
    for (String penalty : PENALTIES) {
      if (body.number(penalty, -HOTTEST, HOTTEST).orElse(0) != 0) {
        throw new FieldException(
            penalty,
            penalty
                + " must be 0 here; repetition_penalty makes tokens that are there less likely.");
      }
    }
    if (body.fields("logit_bias").filter(bias -> bias.object().size() > 0).isPresent()) {
      throw new FieldException("logit_bias", "logit_bias must be empty here.");
    }
    OptionalInt limit = body.integer("max_completion_tokens", 1, MOST_TOKENS);
    if (limit.isEmpty()) {
      limit = body.integer("max_tokens", 1, MOST_TOKENS);
    }
    long seed =
        body.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE)
            .orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
    return prompt
        .tokens(limit.orElse(tokens))
        .sampling(sampling(body))
        .stops(stops(body))
        .seed(seed);
  }

  private static SamplingSettings sampling(JsonFields body) {
    try {
      return new SamplingSettings(
          body.number("repetition_penalty", 0, 1000).orElse(1),
          body.number("temperature", 0, HOTTEST).orElse(1),
          // vLLM's clients say -1 for all.
          Math.max(0, body.integer("top_k", -1, Integer.MAX_VALUE).orElse(0)),
          body.number("top_p", 0, 1).orElse(1),
          body.number("min_p", 0, 1).orElse(0));
    } catch (FieldException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new FieldException("", e.getMessage() + ".");
    }
  }

  private static List<String> stops(JsonFields body) {
    List<String> stops =
        body.any("stop")
            .filter(JsonPrimitive.class::isInstance)
            .map(one -> List.of(JsonFields.text("stop", one)))
            .or(() -> body.list("stop", JsonFields::text))
            .orElse(List.of());
    if (stops.size() > MOST_STOPS || stops.contains("")) {
      throw new FieldException(
          "stop", "stop must be a text, or up to " + MOST_STOPS + " of them, none empty.");
    }
    return stops;
  }
}
