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
    if (size <= BYTES + 1) {
      throw new IllegalArgumentException(
          "A vocabulary has all " + BYTES + " bytes and an end, and more; found " + size + ".");
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put(end, 0);
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
    return GSON.toJson(described(ids, merges, end)) + "\n";
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

  private static JsonObject described(Map<String, Integer> ids, JsonArray merges, String end) {
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("dropout", JsonNull.INSTANCE);
    model.add("unk_token", JsonNull.INSTANCE);
    model.add("continuing_subword_prefix", JsonNull.INSTANCE);
    model.add("end_of_word_suffix", JsonNull.INSTANCE);
    model.addProperty("fuse_unk", false);
    model.addProperty("byte_fallback", false);
    model.add("vocab", GSON.toJsonTree(ids));
    model.add("merges", merges);
    JsonObject added = new JsonObject();
    added.addProperty("id", 0);
    added.addProperty("content", end);
    added.addProperty("single_word", false);
    added.addProperty("lstrip", false);
    added.addProperty("rstrip", false);
    added.addProperty("normalized", false);
    added.addProperty("special", true);
    JsonArray all = new JsonArray();
    all.add(added);
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    json.add("added_tokens", all);
    json.add("normalizer", JsonNull.INSTANCE);
    json.add("pre_tokenizer", byteLevel(false));
    json.add("post_processor", byteLevel(true));
    json.add("decoder", byteLevel(true));
    json.add("model", model);
    return json;
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
