package dev.lora4j.text.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Ways to divide texts before the merges of a byte-level vocabulary, by llama.cpp's names of them
 * ({@code tokenizer.ggml.pre}). Each is described as the {@code tokenizer.json} of the models that
 * it comes from does.
 */
enum PreTokenizer {
  /** Words, numbers and signs, each with the space before it. */
  GPT2("gpt-2", "", false, false),
  /** Each digit by itself, then as {@link #GPT2}. */
  DIGITS("smollm starcoder refact", "", false, false),
  /** Numbers in threes. */
  LLAMA3(
      "llama-bpe llama3 llama-v3 falcon3",
      words("\\p{N}{1,3}", " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"),
      true,
      false),
  /** As {@link #LLAMA3}, where words that are tokens are made of merges too. */
  DBRX("dbrx", words("\\p{N}{1,3}", " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"), false, false),
  /** Each digit by itself; accents are composed. */
  QWEN2("qwen2", words("\\p{N}", " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"), false, true),
  /** Words at changes of case, too. */
  TEKKEN(
      "tekken",
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      true,
      false);

  /** Separated by spaces. */
  private final String names;

  private final String pattern;
  private final boolean wholeWords;
  private final boolean composed;

  PreTokenizer(String names, String pattern, boolean wholeWords, boolean composed) {
    this.names = names;
    this.pattern = pattern;
    this.wholeWords = wholeWords;
    this.composed = composed;
  }

  private static String words(String numbers, String signs) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + numbers
        + "|"
        + signs
        + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  /** The one with a name of llama.cpp. */
  static Optional<PreTokenizer> of(String name) {
    return Arrays.stream(values()).filter(p -> p.all().contains(name)).findFirst();
  }

  /** All names that are known. */
  static List<String> known() {
    return Arrays.stream(values()).flatMap(p -> p.all().stream()).toList();
  }

  private List<String> all() {
    return List.of(names.split(" ", -1));
  }

  /** Returns true if a word that is a token is not made of merges. */
  boolean wholeWords() {
    return wholeWords;
  }

  /** Returns true if a text begins with the token that begins texts, unless a file says other. */
  boolean begins() {
    return wholeWords;
  }

  /** What is done to a text first, if anything. */
  Optional<JsonElement> normalizer() {
    return composed ? Optional.of(JsonFiles.typed("NFC")) : Optional.empty();
  }

  /**
   * The division of a text.
   *
   * @param prefixSpace whether a space is put before a text
   */
  JsonObject steps(boolean prefixSpace) {
    if (this == GPT2) {
      return Gpt2Description.byteLevel(prefixSpace, true, true);
    }
    if (this == DIGITS) {
      JsonObject digits = JsonFiles.typed("Digits");
      digits.addProperty("individual_digits", true);
      return JsonFiles.sequence(
          "pretokenizers", digits, Gpt2Description.byteLevel(prefixSpace, true, true));
    }
    JsonObject regex = new JsonObject();
    regex.addProperty("Regex", pattern);
    JsonObject split = JsonFiles.typed("Split");
    split.add("pattern", regex);
    split.addProperty("behavior", "Isolated");
    split.addProperty("invert", false);
    return JsonFiles.sequence(
        "pretokenizers", split, Gpt2Description.byteLevel(prefixSpace, true, false));
  }
}
