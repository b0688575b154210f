package dev.lora4j.diffusion.clip;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * A byte-level BPE vocabulary as CLIP has it: every byte is shown as one printable letter, and the
 * last letter of a word carries {@value #WORD_END}. Read from and written to the files {@code
 * vocab.json} and {@code merges.txt} of a diffusers {@code tokenizer/} folder.
 *
 * @param ids id of each token
 * @param merges pairs to join, the most urgent first
 */
public record ClipVocabulary(Map<String, Integer> ids, List<Merge> merges) {
  /** Mark of the end of a word. */
  public static final String WORD_END = "</w>";

  /** The token before a text. */
  public static final String START = "<|startoftext|>";

  /** The token after a text; CLIP also pads with it. */
  public static final String END = "<|endoftext|>";

  /** Length of a text with its start and end, in every CLIP model so far. */
  public static final int MAX_LENGTH = 77;

  private static final String OPEN_AI = "bpe_simple_vocab_16e6.txt.gz";

  /** The file has merges for a larger vocabulary; CLIP has the first of them. */
  private static final int OPEN_AI_MERGES = 49_152 - 256 - 2;

  private static final String VERSION_LINE = "#version: 0.2";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  /**
   * Two neighbouring tokens that become one.
   *
   * @param left the first
   * @param right the second
   */
  public record Merge(String left, String right) implements Comparable<Merge> {
    /** The token they become. */
    public String joined() {
      return left + right;
    }

    @Override
    public int compareTo(Merge other) {
      int order = left.compareTo(other.left);
      return order != 0 ? order : right.compareTo(other.right);
    }
  }

  /** Checks that ids are distinct and that every merge joins tokens of the vocabulary. */
  public ClipVocabulary {
    ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
    merges = List.copyOf(merges);
    if (new HashSet<>(ids.values()).size() != ids.size()) {
      throw new ClipTokenizerException("two tokens of the vocabulary share an id");
    }
    for (Merge merge : merges) {
      for (String token : List.of(merge.left(), merge.right(), merge.joined())) {
        if (!ids.containsKey(token)) {
          throw new ClipTokenizerException(
              "merge '%s %s' needs the token '%s', which the vocabulary lacks"
                  .formatted(merge.left(), merge.right(), token));
        }
      }
    }
  }

  /**
   * The vocabulary that these merges make: the 256 byte letters, the same at a word's end, one
   * token for each merge, {@link #START}, {@link #END}.
   */
  static ClipVocabulary of(List<Merge> merges) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String end : List.of("", WORD_END)) {
      for (int letter : lettersInOrder()) {
        ids.put(Character.toString(letter) + end, ids.size());
      }
    }
    for (Merge merge : merges) {
      ids.putIfAbsent(merge.joined(), ids.size());
    }
    ids.put(START, ids.size());
    ids.put(END, ids.size());
    return new ClipVocabulary(ids, merges);
  }

  /**
   * The vocabulary of OpenAI's CLIP, which OpenCLIP's text encoders have too: 49,408 tokens. Comes
   * with this library.
   */
  public static ClipVocabulary openAi() {
    List<Merge> merges = new ArrayList<>(OPEN_AI_MERGES);
    try (InputStream file = ClipVocabulary.class.getResourceAsStream(OPEN_AI);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Objects.requireNonNull(file, OPEN_AI)),
                    StandardCharsets.UTF_8))) {
      lines.readLine(); // the version
      while (merges.size() < OPEN_AI_MERGES) {
        String[] pair = Objects.requireNonNull(lines.readLine(), OPEN_AI).split(" ", 2);
        merges.add(new Merge(pair[0], pair[1]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The library's own " + OPEN_AI + " cannot be read.", e);
    }
    return of(merges);
  }

  /** Number of tokens. */
  public int size() {
    return ids.size();
  }

  /**
   * Reads {@code vocab.json} and {@code merges.txt}.
   *
   * @throws ClipTokenizerException if they are no such vocabulary
   */
  public static ClipVocabulary read(Path folder) throws IOException {
    Path vocab = folder.resolve("vocab.json");
    Map<String, Integer> ids = new LinkedHashMap<>();
    try {
      JsonObject json =
          JsonParser.parseString(RegularFile.text(vocab, RegularFile.VOCABULARY)).getAsJsonObject();
      for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
        ids.put(entry.getKey(), entry.getValue().getAsInt());
      }
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new ClipTokenizerException(
          vocab + " is no map from tokens to ids: " + e.getMessage(), e);
    }
    Path list = folder.resolve("merges.txt");
    List<Merge> merges = new ArrayList<>();
    int number = 0;
    for (String line : RegularFile.lines(list, RegularFile.VOCABULARY)) {
      number++;
      if (line.isBlank() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      int space = line.indexOf(' ');
      if (space <= 0 || space != line.lastIndexOf(' ') || space == line.length() - 1) {
        throw new ClipTokenizerException(
            "%s, line %d: expected two tokens and one space, found '%s'"
                .formatted(list, number, line));
      }
      merges.add(new Merge(line.substring(0, space), line.substring(space + 1)));
    }
    return new ClipVocabulary(ids, merges);
  }

  /**
   * Writes {@code vocab.json}, {@code merges.txt}, {@code tokenizer_config.json} and {@code
   * special_tokens_map.json}, as published Stable Diffusion folders have them.
   */
  public void write(Path folder) throws IOException {
    write(folder, MAX_LENGTH);
  }

  /** {@link #write(Path)} for a text encoder that takes {@code maxLength} tokens. */
  public void write(Path folder, int maxLength) throws IOException {
    Files.createDirectories(folder);
    put(folder, "vocab.json", GSON.toJson(ids));
    StringBuilder lines = new StringBuilder(VERSION_LINE).append('\n');
    for (Merge merge : merges) {
      lines.append(merge.left()).append(' ').append(merge.right()).append('\n');
    }
    put(folder, "merges.txt", lines.toString());

    Map<String, Object> added = new LinkedHashMap<>();
    Map<String, Object> special = new LinkedHashMap<>();
    for (String token : List.of(START, END)) {
      Map<String, Object> fields = addedToken(token);
      special.put(token.equals(START) ? "bos_token" : "eos_token", addedToken(token));
      fields.put("special", true);
      added.put(String.valueOf(ids.get(token)), fields);
    }
    special.put("unk_token", addedToken(END));
    special.put("pad_token", END);
    put(folder, "special_tokens_map.json", GSON.toJson(special));

    Map<String, Object> config = new LinkedHashMap<>();
    config.put("add_prefix_space", false);
    config.put("added_tokens_decoder", added);
    config.put("bos_token", START);
    config.put("do_lower_case", true);
    config.put("eos_token", END);
    config.put("errors", "replace");
    config.put("model_max_length", maxLength);
    config.put("pad_token", END);
    config.put("tokenizer_class", "CLIPTokenizer");
    config.put("unk_token", END);
    put(folder, "tokenizer_config.json", GSON.toJson(config));
  }

  /** The letters of a word's bytes; the last one ends the word. */
  static List<String> letters(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    List<String> letters = new ArrayList<>(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      String letter = Character.toString(SHOWN[bytes[i] & 0xff]);
      letters.add(i == bytes.length - 1 ? letter + WORD_END : letter);
    }
    return letters;
  }

  /** The letter of each byte: itself where it prints, else the next code point from 256 on. */
  private static final int[] SHOWN = shown();

  private static int[] shown() {
    int[] shown = new int[256];
    int next = 256;
    for (int b = 0; b < 256; b++) {
      shown[b] = prints(b) ? b : next++;
    }
    return shown;
  }

  private static boolean prints(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xff && b != 0xad);
  }

  /** Letters as CLIP numbers them: the printing bytes first. That is by code point. */
  private static int[] lettersInOrder() {
    return Arrays.stream(SHOWN).sorted().toArray();
  }

  private static Map<String, Object> addedToken(String content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("content", content);
    fields.put("lstrip", false);
    fields.put("normalized", true);
    fields.put("rstrip", false);
    fields.put("single_word", false);
    return fields;
  }

  private static void put(Path folder, String name, String text) throws IOException {
    AtomicFile.write(folder.resolve(name), text.endsWith("\n") ? text : text + "\n");
  }
}
