package dev.lora4j.whisper.score;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Texts without what transcripts may differ in: case, punctuation, symbols, accents that stand by
 * themselves, and what is in brackets. It is {@code BasicTextNormalizer} of OpenAI's Whisper.
 */
public final class PlainText {
  private static final Pattern BRACKETS = Pattern.compile("[<\\[][^>\\]]*[>\\]]");
  private static final Pattern PARENTHESES = Pattern.compile("\\([^)]+?\\)");
  private static final Pattern SIGNS = Pattern.compile("[\\p{M}\\p{S}\\p{P}]");
  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private PlainText() {}

  /** The text with single spaces between its words. */
  public static String of(String text) {
    String heard = BRACKETS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    String spoken = PARENTHESES.matcher(heard).replaceAll("");
    String composed = Normalizer.normalize(spoken, Normalizer.Form.NFKC);
    String words = SIGNS.matcher(composed).replaceAll(" ").toLowerCase(Locale.ROOT);
    return SPACE.matcher(words).replaceAll(" ").strip();
  }

  /** Its words. */
  public static List<String> words(String text) {
    String plain = of(text);
    return plain.isEmpty() ? List.of() : Arrays.asList(plain.split(" "));
  }
}
