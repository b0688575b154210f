package dev.lora4j.text.token;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.core.vocabulary.BytePairMerges;
import dev.lora4j.core.vocabulary.SymbolPair;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level vocabulary from texts, as GPT-2 has one (Radford et al. 2019): all bytes,
 * then {@link BytePairMerges}.
 */
public final class BytePairTrainer {
  /** Pattern of the words in which pairs are counted: GPT-2's. */
  private static final Pattern WORDS =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private static final int BYTES = 256;
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private final Map<String, Integer> words = new HashMap<>();

  /** Counts the words of a text. */
  public BytePairTrainer add(String text) {
    Matcher matcher = WORDS.matcher(text);
    while (matcher.find()) {
      words.merge(spelled(matcher.group()), 1, Integer::sum);
    }
    return this;
  }

  /**
   * Learns the vocabulary.
   *
   * @param size tokens with the one that ends texts; more than 257
   * @param end how that token is written
   * @return the content of a {@code tokenizer.json}
   */
  public String train(int size, String end) {
    return GSON.toJson(described(learned(size, List.of(end)), List.of(end), byteLevel(true)))
        + "\n";
  }

  /**
   * Learns the vocabulary of a model that reads texts with their end, as T5 does.
   *
   * @param size tokens with the two that follow; more than 258
   * @param pad how token 0 is written, which fills short rows
   * @param end how token 1 is written, which comes behind each text
   * @return the content of a {@code tokenizer.json}
   */
  public String trainEnded(int size, String pad, String end) {
    List<String> special = List.of(pad, end);
    return GSON.toJson(described(learned(size, special), special, ended(end, 1))) + "\n";
  }

  private record Learned(Map<String, Integer> ids, JsonArray merges) {}

  private Learned learned(int size, List<String> special) {
    if (size <= BYTES + special.size()) {
      throw new IllegalArgumentException(
          "A vocabulary has all " + BYTES + " bytes and an end, and more; found " + size + ".");
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    special.forEach(token -> ids.put(token, ids.size()));
    for (int b = 0; b < BYTES; b++) {
      ids.put(String.valueOf(letter(b)), ids.size());
    }
    BytePairMerges pairs = new BytePairMerges();
    words.forEach(
        (word, count) ->
            pairs.add(word.codePoints().mapToObj(Character::toString).toList(), count));
    JsonArray merges = new JsonArray();
    while (ids.size() < size) {
      Optional<SymbolPair> best = pairs.next();
      if (best.isEmpty()) {
        break;
      }
      merges.add(best.get().left() + " " + best.get().right());
      ids.putIfAbsent(best.get().joined(), ids.size());
    }
    return new Learned(ids, merges);
  }

  /** The bytes of a word as visible letters. */
  private static String spelled(String word) {
    StringBuilder letters = new StringBuilder();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      letters.append(letter(b & 0xFF));
    }
    return letters.toString();
  }

  /** GPT-2's letter for a byte: itself if it is visible, else one from U+0100 on. */
  private static char letter(int b) {
    if (seen(b)) {
      return (char) b;
    }
    int before = 0;
    for (int i = 0; i < b; i++) {
      before += seen(i) ? 0 : 1;
    }
    return (char) (BYTES + before);
  }

  private static boolean seen(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
  }

  private static JsonObject described(Learned learned, List<String> special, JsonObject behind) {
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("dropout", JsonNull.INSTANCE);
    model.add("unk_token", JsonNull.INSTANCE);
    model.add("continuing_subword_prefix", JsonNull.INSTANCE);
    model.add("end_of_word_suffix", JsonNull.INSTANCE);
    model.addProperty("fuse_unk", false);
    model.addProperty("byte_fallback", false);
    model.add("vocab", GSON.toJsonTree(learned.ids()));
    model.add("merges", learned.merges());
    JsonArray all = new JsonArray();
    for (int id = 0; id < special.size(); id++) {
      JsonObject added = new JsonObject();
      added.addProperty("id", id);
      added.addProperty("content", special.get(id));
      added.addProperty("single_word", false);
      added.addProperty("lstrip", false);
      added.addProperty("rstrip", false);
      added.addProperty("normalized", false);
      added.addProperty("special", true);
      all.add(added);
    }
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    json.add("added_tokens", all);
    json.add("normalizer", JsonNull.INSTANCE);
    json.add("pre_tokenizer", byteLevel(false));
    json.add("post_processor", behind);
    json.add("decoder", byteLevel(true));
    json.add("model", model);
    return json;
  }

  /** The text, then the token that ends it. */
  private static JsonObject ended(String end, int id) {
    JsonObject tokens = new JsonObject();
    JsonObject token = new JsonObject();
    token.addProperty("id", end);
    token.add("ids", GSON.toJsonTree(List.of(id)));
    token.add("tokens", GSON.toJsonTree(List.of(end)));
    tokens.add(end, token);
    JsonObject json = new JsonObject();
    json.addProperty("type", "TemplateProcessing");
    json.add(
        "single",
        GSON.toJsonTree(List.of(piece("Sequence", "A", 0), piece("SpecialToken", end, 0))));
    json.add(
        "pair",
        GSON.toJsonTree(
            List.of(
                piece("Sequence", "A", 0),
                piece("SpecialToken", end, 0),
                piece("Sequence", "B", 1),
                piece("SpecialToken", end, 1))));
    json.add("special_tokens", tokens);
    return json;
  }

  private static Map<String, Map<String, Object>> piece(String kind, String id, int type) {
    return Map.of(kind, Map.of("id", id, "type_id", type));
  }

  private static JsonObject byteLevel(boolean prefix) {
    JsonObject json = new JsonObject();
    json.addProperty("type", "ByteLevel");
    json.addProperty("add_prefix_space", prefix);
    json.addProperty("trim_offsets", !prefix);
    json.addProperty("use_regex", true);
    return json;
  }
}
