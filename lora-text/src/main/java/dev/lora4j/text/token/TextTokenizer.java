package dev.lora4j.text.token;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into the ids that a language model takes, and ids into text. Loads the folder of a
 * model of transformers: a {@code tokenizer.json}, a model of SentencePiece ({@code
 * tokenizer.model}, {@code spiece.model}) or GPT-2's {@code vocab.json} with {@code merges.txt},
 * and the settings beside them; or a GGUF file. Agrees with the fast tokenisers of transformers.
 *
 * <p>Half a surrogate pair, which has no UTF-8, is taken as U+FFFD.
 *
 * <p>May be used from several threads. Whoever loads it closes it; closing frees native memory,
 * after the calls in progress.
 */
public final class TextTokenizer implements AutoCloseable {
  /** A text whose tokens tell tokenisers of the same vocabulary apart. */
  private static final String PROBE = "It's 3.14 naïve  WORDS: 你好, _x1!";

  private final Path folder;
  private final HuggingFaceTokenizer words;
  private final Map<String, Integer> ids;
  private final Map<Integer, String> texts = new HashMap<>();
  private final int size;
  private final SpecialTokens special;
  private final TokenizerSettings settings;
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  private TextTokenizer(Path folder, HuggingFaceTokenizer words, TokenizerFiles files) {
    this.folder = folder;
    this.words = words;
    this.ids = files.ids();
    this.special = files.special();
    this.settings = files.settings();
    ids.forEach((text, id) -> texts.put(id, text));
    this.size = texts.keySet().stream().mapToInt(id -> id).max().orElse(-1) + 1;
  }

  /**
   * Loads the tokeniser of a model's folder.
   *
   * @throws TokenizerException if there is none, or its files are damaged
   */
  public static TextTokenizer load(Path folder) throws IOException {
    TokenizerFiles files = TokenizerFiles.read(folder);
    // The library would otherwise look for newer native parts in the network.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    byte[] bytes = files.description().toString().getBytes(StandardCharsets.UTF_8);
    Map<String, String> options =
        Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD", "maxLength", "-1");
    try (var stream = new ByteArrayInputStream(bytes)) {
      return new TextTokenizer(folder, HuggingFaceTokenizer.newInstance(stream, options), files);
    } catch (RuntimeException e) { // the native library throws plain ones
      throw new TokenizerException(folder, "holds no usable tokeniser: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the tokeniser of a model as {@code tokenizer.json} and {@code tokenizer_config.json},
   * with a {@code generation_config.json} if several tokens end a text.
   *
   * @param from the model's folder, or a GGUF file
   * @param folder where the files go, which is there
   * @throws TokenizerException if there is none, or its files are damaged
   */
  public static void write(Path from, Path folder) throws IOException {
    TokenizerFiles files = TokenizerFiles.read(from);
    Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    AtomicFile.write(folder.resolve("tokenizer.json"), gson.toJson(files.description()));
    AtomicFile.write(
        folder.resolve("tokenizer_config.json"), gson.toJson(files.settings().config()));
    List<Integer> ends = files.special().ends();
    if (ends.size() > 1) {
      String json = gson.toJson(Map.of("eos_token_id", ends));
      AtomicFile.write(folder.resolve("generation_config.json"), json);
    }
  }

  /** The ids of a text, with what the model has around it, such as a token that begins it. */
  public int[] encode(String text) {
    return ints(using(all -> all.encode(sound(text), true, false).getIds()));
  }

  /**
   * The ids of a text and nothing around it. Special tokens that are written in it count as such.
   */
  public int[] encodePlain(String text) {
    return ints(using(all -> all.encode(sound(text), false, false).getIds()));
  }

  /**
   * The ids of a text with their places.
   *
   * @param around whether what the model has around a text is added
   */
  public TokenizedText locate(String text, boolean around) {
    String sound = sound(text);
    Encoding encoding = using(all -> all.encode(sound, around, false));
    int[] found = ints(encoding.getIds());
    @Nullable CharSpan[] spans = encoding.getCharTokenSpans();
    int[] chars = charOfCodePoint(sound);
    int[] starts = new int[found.length];
    int[] ends = new int[found.length];
    for (int i = 0; i < found.length; i++) {
      CharSpan span = spans[i];
      if (span != null) {
        starts[i] = chars[span.getStart()];
        ends[i] = chars[span.getEnd()];
      }
    }
    return new TokenizedText(found, starts, ends);
  }

  /** Two texts as one sequence, with what the model has around and between them. */
  public TokenizedPair encodePair(String first, String second) {
    Encoding encoding = using(all -> all.encode(sound(first), sound(second), true, false));
    return new TokenizedPair(ints(encoding.getIds()), ints(encoding.getTypeIds()));
  }

  /**
   * The text of ids. Bytes that are no whole character become U+FFFD, and ids that the vocabulary
   * lacks give nothing.
   *
   * @param withoutSpecial whether special tokens are left out
   */
  public String decode(int[] tokens, boolean withoutSpecial) {
    // A model's table may be larger than its vocabulary, and chance may choose from all of it.
    long[] longs = Arrays.stream(tokens).filter(texts::containsKey).asLongStream().toArray();
    return using(all -> all.decode(longs, withoutSpecial));
  }

  /**
   * The first token, by its id, that is another one for another tokeniser, as a sentence for
   * messages; empty if all that both have are the same, and both cut texts alike.
   */
  public Optional<String> difference(TextTokenizer other) {
    for (int id = 0; id < Math.max(size, other.size); id++) {
      Optional<String> here = token(id);
      Optional<String> there = other.token(id);
      if (here.isPresent() && there.isPresent() && !here.equals(there)) {
        return Optional.of(
            "token " + id + " is '" + here.get() + "' here and '" + there.get() + "' there");
      }
    }
    return Arrays.equals(encodePlain(PROBE), other.encodePlain(PROBE))
        ? Optional.empty()
        : Optional.of("the text '" + PROBE + "' is cut into other tokens");
  }

  /**
   * Text from ids that come one after the other, without special tokens.
   *
   * @param before the ids that come before them, whose text is known: whether the first word needs
   *     a space depends on them; none at the beginning of a text
   */
  public TokenStream stream(int... before) {
    return new TokenStream(this, before);
  }

  /** One more than the greatest id. */
  public int size() {
    return size;
  }

  /** The id of a token as the vocabulary writes it. */
  public OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** A token as the vocabulary writes it. */
  public Optional<String> token(int id) {
    return Optional.ofNullable(texts.get(id));
  }

  /** The tokens that mean something beside text. */
  public SpecialTokens special() {
    return special;
  }

  /** Greatest number of tokens that the model was made for, if the folder has it. */
  public Optional<Integer> maxLength() {
    return settings.maxLength();
  }

  /** Templates of chats by name, in Jinja's language; the usual one is {@code default}. */
  public Map<String, String> chatTemplates() {
    return Map.copyOf(settings.templates());
  }

  /**
   * Fails if the tokeniser may give ids that the model has no embedding for.
   *
   * @param modelVocabulary rows of the model's embedding of tokens
   * @throws TokenizerException if there are more ids
   */
  public void requireFits(int modelVocabulary) {
    if (size > modelVocabulary) {
      throw new TokenizerException(
          folder,
          "has ids up to %d, and the model has embeddings for %d tokens: '%s' would have none. Take the tokeniser of the model's own folder."
              .formatted(size - 1, modelVocabulary, texts.get(size - 1)));
    }
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      words.close();
    } finally {
      use.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return folder + " (" + size + " tokens)";
  }

  private <T> T using(Function<HuggingFaceTokenizer, T> call) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("The tokeniser of " + folder + " is closed.");
      }
      return call.apply(words);
    } finally {
      use.readLock().unlock();
    }
  }

  private static int[] ints(long[] longs) {
    return Arrays.stream(longs).mapToInt(Math::toIntExact).toArray();
  }

  /** Index among Java's chars of each code point and of the end. */
  private static int[] charOfCodePoint(String text) {
    int[] places = new int[text.codePointCount(0, text.length()) + 1];
    int at = 0;
    for (int i = 0; i < places.length - 1; i++) {
      places[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    places[places.length - 1] = at;
    return places;
  }

  private static String sound(String text) {
    StringBuilder sound = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .forEach(sound::appendCodePoint);
    return sound.toString();
  }
}
