package dev.lora4j.whisper;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.generate.WithheldTokens;
import dev.lora4j.text.token.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Tokens around a transcript, as {@code generation_config.json} has them: which it begins with,
 * which never come, and which languages there are.
 *
 * @param start token before all others
 * @param languages token of each language, by its code; none if the model knows English alone
 * @param tasks token of each task; none as above
 * @param plain token that says that no times follow, if the model has one
 * @param ends tokens that end a transcript
 * @param withheld tokens that never come
 */
public record TranscriptTokens(
    int start,
    Map<String, Integer> languages,
    Map<SpeechTask, Integer> tasks,
    OptionalInt plain,
    Set<Integer> ends,
    WithheldTokens withheld) {
  private static final String CONFIG = "generation_config.json";
  private static final String LANGUAGES = "lang_to_id";
  private static final String TASKS = "task_to_id";

  /** Copies its collections. */
  public TranscriptTokens {
    languages = new TreeMap<>(languages);
    tasks = Map.copyOf(tasks);
    ends = Set.copyOf(ends);
  }

  /**
   * Reads those of a folder. What its generation has no word of is taken from the configuration of
   * the model, as older folders have it there, and from the texts of the tokens.
   *
   * @param start token that the model begins with
   */
  static TranscriptTokens read(Path folder, int start, TextTokenizer tokenizer) {
    ConfigFile model = ConfigFile.read(folder.resolve("config.json"));
    Path file = folder.resolve(CONFIG);
    ConfigFile generation = Files.exists(file) ? ConfigFile.read(file) : model;
    Map<String, Integer> languages = new LinkedHashMap<>();
    Map<SpeechTask, Integer> tasks = new LinkedHashMap<>();
    Optional<ConfigFile> spoken = generation.section(LANGUAGES);
    if (generation.flag("is_multilingual", spoken.isPresent())) {
      spoken.ifPresent(all -> all.keys().forEach(t -> languages.put(code(t), all.integer(t))));
      Optional<ConfigFile> known = generation.section(TASKS);
      for (SpeechTask task : SpeechTask.values()) {
        String name = task.name().toLowerCase(Locale.ROOT);
        OptionalInt token =
            known.filter(k -> k.has(name)).isPresent()
                ? OptionalInt.of(known.get().integer(name))
                : tokenizer.id("<|" + name + "|>");
        token.ifPresent(id -> tasks.put(task, id));
      }
    }
    String plain = "no_timestamps_token_id";
    return new TranscriptTokens(
        generation.integer("decoder_start_token_id", start),
        languages,
        tasks,
        generation.has(plain)
            ? OptionalInt.of(generation.integer(plain))
            : tokenizer.id("<|notimestamps|>"),
        ends(model, tokenizer),
        new WithheldTokens(
            ids(generation, model, "suppress_tokens"),
            ids(generation, model, "begin_suppress_tokens")));
  }

  private static Set<Integer> ends(ConfigFile model, TextTokenizer tokenizer) {
    Set<Integer> ends = new HashSet<>(tokenizer.special().ends());
    if (ends.isEmpty()) {
      tokenizer.id("<|endoftext|>").ifPresent(ends::add);
    }
    if (model.has("eos_token_id")) {
      ends.add(model.integer("eos_token_id"));
    }
    return ends;
  }

  private static Set<Integer> ids(ConfigFile generation, ConfigFile model, String key) {
    ConfigFile having = generation.states(key) ? generation : model;
    Collection<Integer> all = having.has(key) ? having.integers(key) : Set.of();
    // Some write -1 for none.
    return Set.copyOf(new HashSet<>(all.stream().filter(id -> id >= 0).toList()));
  }

  private static String code(String token) {
    return token.replaceAll("[<|>]", "");
  }

  /** Returns true if the model knows several languages. */
  public boolean multilingual() {
    return !languages.isEmpty();
  }

  /**
   * The code of a language, which is said by that or by its English name.
   *
   * @throws IllegalArgumentException if the model does not know it
   */
  public String language(String said) {
    String wanted = said.strip().toLowerCase(Locale.ROOT);
    if (!multilingual()) {
      if (wanted.equals("en") || wanted.equals("english")) {
        return "en";
      }
      throw new IllegalArgumentException(
          "This model knows English alone, and not '" + said + "'; take a multilingual one.");
    }
    return languages.keySet().stream()
        .filter(code -> code.equals(wanted) || name(code).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no language '"
                        + said
                        + "'; this model knows "
                        + String.join(", ", new TreeSet<>(languages.keySet()))
                        + "."));
  }

  private static String name(String code) {
    return Locale.forLanguageTag(code).getDisplayLanguage(Locale.ENGLISH).toLowerCase(Locale.ROOT);
  }

  /**
   * Refuses a task that the model has not learned.
   *
   * @throws IllegalArgumentException if it has not
   */
  public void require(SpeechTask task) {
    if (task == SpeechTask.TRANSLATE && !tasks.containsKey(task)) {
      throw new IllegalArgumentException(
          "This model knows English alone and translates nothing; take a multilingual one.");
    }
  }

  /**
   * The tokens that a transcript begins with.
   *
   * @param language code of the language; of no meaning to a model of English alone
   */
  public int[] begin(String language, SpeechTask task) {
    IntStream.Builder all = IntStream.builder().add(start);
    if (multilingual()) {
      all.add(languages.getOrDefault(language, start));
      Optional.ofNullable(tasks.get(task)).ifPresent(all::add);
    }
    plain.ifPresent(all::add);
    return all.build().toArray();
  }

  /**
   * Tokens that a decoder learns to write: all after {@link #start}, a text and the end.
   *
   * @param text tokens of the text
   */
  public int[] target(String language, SpeechTask task, int[] text) {
    IntStream begin = IntStream.of(begin(language, task)).skip(1);
    int end = ends.stream().mapToInt(e -> e).min().orElse(start);
    return IntStream.concat(IntStream.concat(begin, IntStream.of(text)), IntStream.of(end))
        .toArray();
  }

  /** The tokens of these that are text, without times and what is around it. */
  int[] text(int[] tokens) {
    int times = plain.orElse(Integer.MAX_VALUE);
    return IntStream.of(tokens).filter(t -> t < times && !ends.contains(t)).toArray();
  }
}
