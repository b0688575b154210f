package dev.lora4j.diffusion.clip;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a prompt into the ids that a CLIP text encoder takes. Loads the {@code tokenizer/} folder
 * of a Stable Diffusion model: {@code vocab.json} and {@code merges.txt}, or {@code
 * tokenizer.json}, with the settings beside them. Agrees with the CLIPTokenizer of the Python
 * library transformers.
 *
 * <p>Padding and truncation are done here, because the library below pads with id 0 where CLIP pads
 * with the end token.
 *
 * <p>May be used from several threads. Whoever loads it closes it; closing frees native memory.
 */
public final class ClipTokenizer implements PromptTokenizer {
  private static final String WORDS =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
          + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private final HuggingFaceTokenizer words;
  private final int start;
  private final int end;
  private final int pad;
  private final int maxLength;

  /**
   * A text as ids.
   *
   * @param ids start, the text, end, then padding; {@link ClipTokenizer#maxLength()} of them
   * @param used how many come before the padding, start and end included
   * @param dropped the pieces of the text that found no place any more, one for each token; empty
   *     for a token that only continues a character
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to a tensor as it is, and never compared
  public record Tokens(int[] ids, int used, List<String> dropped) {
    /** Copies the list. */
    public Tokens {
      dropped = List.copyOf(dropped);
    }
  }

  private ClipTokenizer(HuggingFaceTokenizer words, int start, int end, int pad, int maxLength) {
    this.words = words;
    this.start = start;
    this.end = end;
    this.pad = pad;
    this.maxLength = maxLength;
  }

  /**
   * Loads a {@code tokenizer/} folder; pads with the token that it names.
   *
   * @throws ClipTokenizerException if the folder holds no CLIP vocabulary
   */
  public static ClipTokenizer load(Path folder) throws IOException {
    ClipSpecialTokens special = ClipSpecialTokens.read(folder);
    Map<String, Integer> ids = new HashMap<>();
    JsonObject json;
    if (Files.exists(folder.resolve("vocab.json"))) {
      ClipVocabulary vocabulary = ClipVocabulary.read(folder);
      ids.putAll(vocabulary.ids());
      json = describe(vocabulary, special);
    } else if (Files.exists(folder.resolve("tokenizer.json"))) {
      json = readTokenizerJson(folder.resolve("tokenizer.json"), ids);
    } else {
      throw new ClipTokenizerException(
          folder + " holds neither vocab.json and merges.txt nor tokenizer.json");
    }
    for (JsonElement token : json.getAsJsonArray("added_tokens")) {
      JsonObject fields = token.getAsJsonObject();
      ids.put(fields.get("content").getAsString(), fields.get("id").getAsInt());
    }
    int start = id(ids, special.start());
    int end = id(ids, special.end());
    int pad = id(ids, special.pad());
    return new ClipTokenizer(open(folder.toString(), json), start, end, pad, special.maxLength());
  }

  /**
   * A tokeniser for a vocabulary.
   *
   * @param pad the token that fills what a text leaves
   * @param maxLength length of {@link Tokens#ids()}
   * @throws ClipTokenizerException if the vocabulary lacks a special token
   */
  public static ClipTokenizer of(ClipVocabulary vocabulary, String pad, int maxLength) {
    ClipSpecialTokens special = ClipSpecialTokens.padding(pad, maxLength);
    Map<String, Integer> ids = vocabulary.ids();
    int start = id(ids, special.start());
    int end = id(ids, special.end());
    return new ClipTokenizer(
        open("The vocabulary", describe(vocabulary, special)), start, end, id(ids, pad), maxLength);
  }

  /** Loads a {@code tokenizer/} folder, to pad with {@code padId} whatever the folder says. */
  public static ClipTokenizer load(Path folder, int padId) throws IOException {
    ClipTokenizer loaded = load(folder);
    return new ClipTokenizer(loaded.words, loaded.start, loaded.end, padId, loaded.maxLength);
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  /** The id that fills what the text leaves. */
  public int padId() {
    return pad;
  }

  /** The id after a text; a text encoder pools where it first occurs. */
  public int endId() {
    return end;
  }

  /** The id before a text. */
  public int startId() {
    return start;
  }

  /** All places but those of the start and the end. */
  @Override
  public int room() {
    return maxLength - 2;
  }

  @Override
  public int before() {
    return 1;
  }

  @Override
  public int placeholder() {
    return start;
  }

  /** Start, the tokens, end, then padding. */
  @Override
  public int[] framed(int[] pieces) {
    int[] all = new int[maxLength];
    Arrays.fill(all, pad);
    all[0] = start;
    System.arraycopy(pieces, 0, all, 1, pieces.length);
    all[pieces.length + 1] = end;
    return all;
  }

  /** Index of the first end token. */
  @Override
  public int end(int[] framed) {
    int at = 0;
    while (at < framed.length - 1 && framed[at] != end) {
      at++;
    }
    return at;
  }

  @Override
  public int[] pieces(String text) {
    long[] found = words.encode(withoutLoneSurrogates(text), false, false).getIds();
    return Arrays.stream(found).mapToInt(Math::toIntExact).toArray();
  }

  /** The ids of {@code text}; what does not fit before the end token is dropped and reported. */
  public Tokens encode(String text) {
    String sound = withoutLoneSurrogates(text);
    Encoding encoding = words.encode(sound, false, false);
    long[] found = encoding.getIds();
    int kept = Math.min(found.length, maxLength - 2);
    int[] ids = new int[maxLength];
    Arrays.fill(ids, pad);
    ids[0] = start;
    for (int i = 0; i < kept; i++) {
      ids[i + 1] = Math.toIntExact(found[i]);
    }
    ids[kept + 1] = end;

    List<String> dropped = new ArrayList<>(found.length - kept);
    CharSpan[] spans = encoding.getCharTokenSpans();
    int told = kept == 0 ? 0 : spans[kept - 1].getEnd();
    for (int i = kept; i < found.length; i++) {
      int from = Math.max(told, spans[i].getStart()); // bytes of one character share its span
      told = Math.max(from, spans[i].getEnd());
      dropped.add(
          sound.substring(sound.offsetByCodePoints(0, from), sound.offsetByCodePoints(0, told)));
    }
    return new Tokens(ids, kept + 2, dropped);
  }

  @Override
  public void close() {
    words.close();
  }

  private static HuggingFaceTokenizer open(String origin, JsonObject json) {
    // The library would otherwise look for newer native parts in the network.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    json.remove("truncation");
    json.remove("padding");
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    Map<String, String> options =
        Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD", "maxLength", "-1");
    try (var stream = new ByteArrayInputStream(bytes)) {
      return HuggingFaceTokenizer.newInstance(stream, options);
    } catch (IOException e) {
      throw new UncheckedIOException(origin + " cannot be read.", e);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new ClipTokenizerException(origin + " is no usable tokeniser: " + e.getMessage(), e);
    }
  }

  private static JsonObject readTokenizerJson(Path file, Map<String, Integer> ids)
      throws IOException {
    try {
      JsonObject json =
          JsonParser.parseString(RegularFile.text(file, RegularFile.VOCABULARY)).getAsJsonObject();
      JsonObject model = json.getAsJsonObject("model");
      for (Map.Entry<String, JsonElement> entry : model.getAsJsonObject("vocab").entrySet()) {
        ids.put(entry.getKey(), entry.getValue().getAsInt());
      }
      if (json.getAsJsonArray("added_tokens") == null) {
        json.add("added_tokens", new JsonArray());
      }
      return json;
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new ClipTokenizerException(file + " is no BPE tokeniser: " + e.getMessage(), e);
    }
  }

  /** The same as a {@code tokenizer.json}, as transformers sets CLIP's tokeniser up. */
  private static JsonObject describe(ClipVocabulary vocabulary, ClipSpecialTokens special) {
    JsonObject vocab = new JsonObject();
    vocabulary.ids().forEach(vocab::addProperty);
    JsonArray merges = new JsonArray();
    vocabulary.merges().forEach(merge -> merges.add(merge.left() + " " + merge.right()));

    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.addProperty("unk_token", special.unknown());
    model.addProperty("continuing_subword_prefix", "");
    model.addProperty("end_of_word_suffix", ClipVocabulary.WORD_END);
    model.addProperty("fuse_unk", false);
    model.add("vocab", vocab);
    model.add("merges", merges);

    JsonObject spaces = typed("Replace");
    spaces.add("pattern", regex("\\s+"));
    spaces.addProperty("content", " ");
    JsonObject split = typed("Split");
    split.add("pattern", regex(WORDS));
    split.addProperty("behavior", "Removed");
    split.addProperty("invert", true);
    JsonObject bytes = typed("ByteLevel");
    bytes.addProperty("add_prefix_space", false);
    bytes.addProperty("trim_offsets", true);
    bytes.addProperty("use_regex", true);

    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("added_tokens", special.addedTokens(vocabulary.ids()));
    json.add("normalizer", sequence("normalizers", typed("NFC"), spaces, typed("Lowercase")));
    json.add("pre_tokenizer", sequence("pretokenizers", split, bytes));
    json.add("decoder", bytes.deepCopy());
    json.add("model", model);
    return json;
  }

  private static JsonObject sequence(String member, JsonObject... steps) {
    JsonArray array = new JsonArray();
    for (JsonObject step : steps) {
      array.add(step);
    }
    JsonObject sequence = typed("Sequence");
    sequence.add(member, array);
    return sequence;
  }

  private static JsonObject typed(String type) {
    JsonObject object = new JsonObject();
    object.addProperty("type", type);
    return object;
  }

  private static JsonObject regex(String expression) {
    JsonObject object = new JsonObject();
    object.addProperty("Regex", expression);
    return object;
  }

  private static int id(Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new ClipTokenizerException("the vocabulary lacks the special token '" + token + "'");
    }
    return id;
  }

  /** Half a surrogate pair has no UTF-8; it becomes U+FFFD. */
  private static String withoutLoneSurrogates(String text) {
    StringBuilder sound = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .forEach(sound::appendCodePoint);
    return sound.toString();
  }
}
