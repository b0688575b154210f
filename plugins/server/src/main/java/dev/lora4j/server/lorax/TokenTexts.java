package dev.lora4j.server.lorax;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.generate.TokenLogProbability;
import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TokenStream;

/**
 * Tokens of one text as they are told. Texts of tokens that are not special follow each other to
 * the generated text; a character of several tokens is in the text of its last one. A text to stop
 * at is part of it, as in LoRAX.
 */
final class TokenTexts {
  /** The least number that JSON can say for a token that is impossible. */
  private static final double IMPOSSIBLE = -9999;

  private final TextTokenizer tokenizer;
  private final TokenStream stream;
  private final boolean alternatives;
  private final StringBuilder text = new StringBuilder();

  /**
   * No tokens yet.
   *
   * @param prompt the tokens that they follow
   * @param alternatives true to tell of the likeliest tokens
   */
  TokenTexts(TextTokenizer tokenizer, int[] prompt, boolean alternatives) {
    this.tokenizer = tokenizer;
    this.stream = tokenizer.stream(prompt);
    this.alternatives = alternatives;
  }

  /**
   * One more token.
   *
   * @param last true if no other follows, so that nothing is held back
   */
  JsonObject next(TokenChoice choice, boolean last) {
    int id = choice.chosen().token();
    boolean special = special(id);
    String own = (special ? "" : stream.next(id)) + (last ? stream.end() : "");
    text.append(own);
    JsonObject token = token(choice.chosen(), special ? whole(id) : own);
    token.addProperty("special", special);
    token.addProperty("skipped", false);
    if (alternatives) {
      JsonArray others = new JsonArray();
      choice.likeliest().forEach(one -> others.add(token(one, whole(one.token()))));
      token.add("alternative_tokens", others);
    }
    return token;
  }

  /** The text of the tokens until now. */
  String text() {
    return text.toString();
  }

  private static JsonObject token(TokenLogProbability one, String text) {
    JsonObject token = new JsonObject();
    token.addProperty("id", one.token());
    token.addProperty("text", text);
    token.addProperty("logprob", Math.max(one.value(), IMPOSSIBLE));
    return token;
  }

  private String whole(int id) {
    return tokenizer.decode(new int[] {id}, false);
  }

  private boolean special(int id) {
    return !whole(id).isEmpty() && tokenizer.decode(new int[] {id}, true).isEmpty();
  }
}
