package dev.lora4j.server.lorax;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.pipeline.Completion;
import java.math.BigInteger;
import java.util.List;

/** JSON of the texts of a request, whole or token by token. */
record GenerateAnswer(GenerateWork work) {
  /** The answer with the likeliest of some texts. */
  JsonObject whole(List<Completion> done) {
    int best = best(done);
    JsonObject details = new JsonObject();
    String text = describe(details, best, done.get(best));
    JsonObject answer = new JsonObject();
    answer.addProperty("generated_text", text);
    if (!work.asked().details()) {
      return answer;
    }
    if (done.size() > 1) {
      JsonArray others = new JsonArray();
      for (int i = 0; i < done.size(); i++) {
        if (i != best) {
          JsonObject other = new JsonObject();
          other.addProperty("generated_text", describe(other, i, done.get(i)));
          others.add(other);
        }
      }
      details.add("best_of_sequences", others);
    }
    answer.add("details", details);
    return answer;
  }

  /** The text whose tokens are the likeliest in the mean. */
  private static int best(List<Completion> done) {
    int best = 0;
    for (int i = 1; i < done.size(); i++) {
      best = mean(done.get(i)) > mean(done.get(best)) ? i : best;
    }
    return best;
  }

  private static double mean(Completion done) {
    return done.choices().stream()
        .mapToDouble(choice -> choice.chosen().value())
        .average()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  /** Writes the details of a text, and gives the text. */
  private String describe(JsonObject details, int index, Completion done) {
    TokenTexts texts = work.texts();
    JsonArray tokens = new JsonArray();
    for (int i = 0; i < done.choices().size(); i++) {
      tokens.add(texts.next(done.choices().get(i), i == done.choices().size() - 1));
    }
    count(details, index, done);
    details.addProperty("skipped_tokens", 0);
    details.add("prefill", new JsonArray());
    details.add("tokens", tokens);
    return whole(texts);
  }

  private String whole(TokenTexts texts) {
    return (work.asked().fullText() ? work.asked().inputs() : "") + texts.text();
  }

  private void count(JsonObject details, int index, Completion done) {
    details.addProperty("finish_reason", reason(done));
    details.addProperty("prompt_tokens", done.promptTokens());
    details.addProperty("generated_tokens", done.tokens().size());
    if (work.asked().choice().draws()) {
      details.addProperty("seed", new BigInteger(Long.toUnsignedString(work.seed(index))));
    } else {
      details.add("seed", JsonNull.INSTANCE);
    }
  }

  private static String reason(Completion done) {
    return switch (done.ending()) {
      case END -> "eos_token";
      case STOP -> "stop_sequence";
      case LENGTH, CANCELLED -> "length";
    };
  }

  /** The event of a token that another one follows. */
  JsonObject event(TokenTexts texts, TokenChoice choice) {
    JsonObject event = new JsonObject();
    event.add("token", texts.next(choice, false));
    event.add("generated_text", JsonNull.INSTANCE);
    event.add("details", JsonNull.INSTANCE);
    return event;
  }

  /** The event of the last token. */
  JsonObject end(TokenTexts texts, TokenChoice choice, Completion done) {
    JsonObject event = new JsonObject();
    event.add("token", texts.next(choice, true));
    event.addProperty("generated_text", whole(texts));
    JsonObject details = new JsonObject();
    count(details, 0, done);
    event.add("details", details);
    return event;
  }
}
