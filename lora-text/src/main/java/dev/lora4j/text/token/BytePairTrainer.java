package dev.lora4j.text.token;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level vocabulary from texts, as GPT-2 has one (Sennrich et al. 2016, Radford et al.
 * 2019): all bytes, then again and again the pair that comes most often, joined.
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

  /** Two symbols that follow each other. */
  private record Pair(String left, String right) {}

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
    List<List<String>> spellings = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    new TreeMap<>(words)
        .forEach(
            (word, count) -> {
              spellings.add(
                  new ArrayList<>(word.codePoints().mapToObj(Character::toString).toList()));
              counts.add(count);
            });
    JsonArray merges = new JsonArray();
    while (ids.size() < size) {
      Map<Pair, Integer> pairs = new HashMap<>();
      for (int w = 0; w < spellings.size(); w++) {
        List<String> parts = spellings.get(w);
        for (int i = 0; i + 1 < parts.size(); i++) {
          pairs.merge(new Pair(parts.get(i), parts.get(i + 1)), counts.get(w), Integer::sum);
        }
      }
      if (pairs.isEmpty()) {
        break;
      }
      Pair best = most(pairs);
      merges.add(best.left() + " " + best.right());
      ids.putIfAbsent(best.left() + best.right(), ids.size());
      spellings.forEach(parts -> join(parts, best));
    }
    return GSON.toJson(described(ids, merges, end)) + "\n";
  }

  /** Most frequent pair; of equally frequent ones the first in the order of their letters. */
  private static Pair most(Map<Pair, Integer> pairs) {
    return pairs.entrySet().stream()
        .max(
            Map.Entry.<Pair, Integer>comparingByValue()
                .thenComparing(
                    Map.Entry.comparingByKey(
                        Comparator.comparing(Pair::left).thenComparing(Pair::right).reversed())))
        .orElseThrow()
        .getKey();
  }

  private static void join(List<String> parts, Pair pair) {
    for (int i = 0; i + 1 < parts.size(); i++) {
      if (parts.get(i).equals(pair.left()) && parts.get(i + 1).equals(pair.right())) {
        parts.set(i, pair.left() + pair.right());
        parts.remove(i + 1);
      }
    }
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
