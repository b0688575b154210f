package dev.lora4j.core.format.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Trigger words of an adapter, as far as its file tells. Files rarely state them; the surest source
 * that has any is taken, and named.
 *
 * @param words empty if nothing tells
 */
public record TriggerWords(List<String> words, Source source) {
  private static final int MOST = 10;
  private static final int LONGEST = 200;
  private static final Pattern REPEATS = Pattern.compile("^\\d+_");

  /** Source of the words, the surest first. */
  public enum Source {
    /** {@code modelspec.trigger_phrase}. */
    PHRASE("modelspec.trigger_phrase"),
    /** {@code trained_words}, which SimpleTuner writes. */
    TRAINED_WORDS("trained_words"),
    /** {@code ssmd_keywords}, which people fill in. */
    KEYWORDS("ssmd_keywords"),
    /** Comment of the training, if it is short. */
    COMMENT("ss_training_comment"),
    /** The tags that stand most often in the captions. */
    TAGS("ss_tag_frequency"),
    /** The names of the folders of pictures. */
    FOLDERS("ss_dataset_dirs"),
    /** No source. */
    NONE("");

    private final String entry;

    Source(String entry) {
      this.entry = entry;
    }

    /** Name of the metadata entry; empty for {@link #NONE}. */
    public String entry() {
      return entry;
    }
  }

  /** Copies the list. */
  public TriggerWords {
    words = List.copyOf(words);
  }

  /** Reads the words from {@code metadata}; broken text is read as far as it goes. */
  public static TriggerWords of(Metadata metadata) {
    for (Source source : Source.values()) {
      Optional<String> text = metadata.get(MetadataKey.text(source.entry));
      List<String> words =
          text.stream().flatMap(t -> words(source, t)).distinct().limit(MOST).toList();
      if (!words.isEmpty()) {
        return new TriggerWords(words, source);
      }
    }
    return new TriggerWords(List.of(), Source.NONE);
  }

  private static Stream<String> words(Source source, String text) {
    return switch (source) {
      case TAGS -> tags(text);
      case FOLDERS -> folders(text);
      case NONE -> Stream.empty();
      case COMMENT -> listed(Provenance.said(text));
      case PHRASE, TRAINED_WORDS, KEYWORDS -> listed(text);
    };
  }

  /** A text, or words between commas, or a JSON list of them; anything long is something else. */
  private static Stream<String> listed(String text) {
    if (text.length() > LONGEST * MOST) {
      return Stream.empty();
    }
    String bare = text.strip();
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1).replace("\"", "").replace("'", "");
    }
    return Arrays.stream(bare.split("[,\n]")).map(String::strip).filter(TriggerWords::word);
  }

  /** Tags that are in at least half as many captions as the commonest. */
  private static Stream<String> tags(String json) {
    TagCounts tags = TagCounts.of(json);
    long most = tags.counts().values().stream().mapToLong(c -> c).max().orElse(0);
    return tags.top(MOST).stream()
        .filter(t -> word(t) && 2 * tags.counts().getOrDefault(t, most) >= most);
  }

  private static Stream<String> folders(String json) {
    return TagCounts.of(json).folders().stream()
        .map(name -> name.substring(name.replace('\\', '/').lastIndexOf('/') + 1))
        .filter(name -> REPEATS.matcher(name).find())
        .map(name -> REPEATS.matcher(name).replaceFirst("").strip())
        .filter(TriggerWords::word);
  }

  private static boolean word(String text) {
    return !text.isBlank() && text.length() <= LONGEST && !text.equals("None");
  }
}
