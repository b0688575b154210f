package dev.lora4j.diffusion.clip;

import dev.lora4j.core.vocabulary.BytePairMerges;
import dev.lora4j.core.vocabulary.SymbolPair;
import dev.lora4j.diffusion.clip.ClipVocabulary.Merge;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a small CLIP vocabulary for texts of one's own, by {@link BytePairMerges}. The same texts
 * and weights give the same vocabulary, in whatever order they are added.
 *
 * <pre>{@code
 * var trainer = new ClipVocabularyTrainer();
 * trainer.add("a red fox", 8);
 * trainer.train(4096).write(Path.of("tokenizer"));
 * }</pre>
 */
public final class ClipVocabularyTrainer {
  /** Tokens that every vocabulary has: the bytes, the bytes at a word's end, start and end. */
  public static final int FIXED_TOKENS = 2 * 256 + 2;

  /** CLIP's idea of a word. The tokeniser's own expression, without the special tokens. */
  private static final Pattern WORD =
      Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

  private final Map<String, Long> words = new TreeMap<>();

  /** Counts the words of {@code text}, lower-cased, {@code weight} times. */
  public void add(String text, long weight) {
    if (weight <= 0) {
      throw new IllegalArgumentException("weight must be positive, not " + weight);
    }
    String normal = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    Matcher matcher = WORD.matcher(normal);
    while (matcher.find()) {
      words.merge(matcher.group(), weight, Long::sum);
    }
  }

  /**
   * The vocabulary of at most {@code size} tokens; fewer if every word is whole before that.
   *
   * @throws IllegalArgumentException if {@code size} is below {@link #FIXED_TOKENS}
   */
  public ClipVocabulary train(int size) {
    if (size < FIXED_TOKENS) {
      throw new IllegalArgumentException(
          "a vocabulary has at least %d tokens, not %d".formatted(FIXED_TOKENS, size));
    }
    BytePairMerges pairs = new BytePairMerges();
    words.forEach((word, count) -> pairs.add(ClipVocabulary.letters(word), count));
    List<Merge> merges = new ArrayList<>();
    Set<String> made = new HashSet<>();
    while (made.size() < size - FIXED_TOKENS) {
      Optional<SymbolPair> best = pairs.next();
      if (best.isEmpty()) {
        break;
      }
      merges.add(new Merge(best.get().left(), best.get().right()));
      made.add(best.get().joined());
    }
    return ClipVocabulary.of(merges);
  }
}
