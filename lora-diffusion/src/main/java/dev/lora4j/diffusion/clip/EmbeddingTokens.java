package dev.lora4j.diffusion.clip;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the words of textual inversions in prompts: whole words, in upper or lower case, the
 * longest first, with or without {@code embedding:} before it.
 */
public final class EmbeddingTokens {
  /** Finds nothing. */
  public static final EmbeddingTokens NONE = new EmbeddingTokens(List.of());

  private final List<Embedding> byGroup = new ArrayList<>();
  private final Pattern pattern;

  /**
   * A part of a text.
   *
   * @param text its characters, where it is no embedding
   */
  public record Part(String text, Optional<Embedding> embedding) {}

  private EmbeddingTokens(List<Map.Entry<String, Embedding>> words) {
    words.forEach(w -> byGroup.add(w.getValue()));
    pattern =
        Pattern.compile(
            words.stream().map(w -> word(w.getKey())).collect(Collectors.joining("|")),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /**
   * The words of these.
   *
   * @throws EmbeddingException if two different ones have the same word
   */
  public static EmbeddingTokens of(List<Embedding> embeddings) {
    Map<String, Map.Entry<String, Embedding>> words = new LinkedHashMap<>();
    for (Embedding embedding : embeddings) {
      for (String word : embedding.words()) {
        String plain = plain(word);
        Map.Entry<String, Embedding> before =
            words.putIfAbsent(plain.toLowerCase(Locale.ROOT), Map.entry(plain, embedding));
        if (before != null && !before.getValue().equals(embedding)) {
          throw new EmbeddingException(
              "Two textual inversions are called "
                  + word
                  + "; rename one of the files, or leave one out.");
        }
      }
    }
    return new EmbeddingTokens(
        words.values().stream().sorted(Comparator.comparing(w -> -w.getKey().length())).toList());
  }

  /** True if a prompt has this word; for vectors that are not read yet. */
  public static boolean occurs(String name, String prompt) {
    Pattern word =
        Pattern.compile(word(plain(name)), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    return PromptSyntax.parse(prompt).stream()
        .anyMatch(piece -> word.matcher(normal(piece.text())).find());
  }

  private static String plain(String word) {
    return normal(word).strip().replaceAll("\\s+", " ");
  }

  private static String normal(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** One group, which is the word as a whole: not a part of a longer one. */
  private static String word(String plain) {
    String spaced =
        List.of(plain.split(" ")).stream().map(Pattern::quote).collect(Collectors.joining("\\s+"));
    boolean begins = Character.isLetterOrDigit(plain.codePointAt(0));
    boolean ends = Character.isLetterOrDigit(plain.codePointBefore(plain.length()));
    String letter = "[\\p{L}\\p{N}]";
    return "((?:\\bembedding:)?"
        + (begins ? "(?<!" + letter + ")" : "")
        + spaced
        + (ends ? "(?!" + letter + ")" : "")
        + ")";
  }

  /** A text without signs of emphasis as its parts, in order; nothing for an empty one. */
  public List<Part> split(String text) {
    if (byGroup.isEmpty()) {
      return text.isEmpty() ? List.of() : List.of(new Part(text, Optional.empty()));
    }
    String normal = normal(text);
    List<Part> parts = new ArrayList<>();
    Matcher found = pattern.matcher(normal);
    int at = 0;
    while (found.find()) {
      add(parts, normal.substring(at, found.start()));
      for (int group = 1; group <= byGroup.size(); group++) {
        if (found.group(group) != null) {
          parts.add(new Part("", Optional.of(byGroup.get(group - 1))));
        }
      }
      at = found.end();
    }
    add(parts, normal.substring(at));
    return parts;
  }

  private static void add(List<Part> parts, String text) {
    if (!text.isEmpty()) {
      parts.add(new Part(text, Optional.empty()));
    }
  }

  /** The textual inversions whose words are in any of these prompts, in their order. */
  public Set<Embedding> used(String... prompts) {
    Set<Embedding> used = new LinkedHashSet<>();
    for (String prompt : prompts) {
      for (PromptSyntax.Piece piece : PromptSyntax.parse(prompt)) {
        split(piece.text()).forEach(part -> part.embedding().ifPresent(used::add));
      }
    }
    return used;
  }
}
