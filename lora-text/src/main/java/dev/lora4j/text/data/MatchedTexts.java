package dev.lora4j.text.data;

import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The examples of a data set of texts that belong together as token ids, as a sentence encoder
 * reads them.
 *
 * @param matches in the order of the examples
 * @param cut how many texts lost their end
 */
public record MatchedTexts(List<MatchedText> matches, int cut) {
  /** Copies the matches. */
  public MatchedTexts {
    matches = List.copyOf(matches);
  }

  /**
   * Makes tokens of a data set.
   *
   * @param query what is read of an anchor, such as a prompt and it
   * @param document what is read of a positive or a negative
   * @param limits of texts, which are cut before the tokens that the model has behind every text
   * @throws IllegalArgumentException if the examples are of another form, or are to be packed
   * @throws TextDataException with all examples that cannot be used
   */
  public static MatchedTexts of(
      TextDataSet data,
      TextTokenizer tokenizer,
      UnaryOperator<String> query,
      UnaryOperator<String> document,
      SequenceLimits limits) {
    if (data.form() != TextForm.MATCH || limits.pack()) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + (limits.pack() ? ", packed" : "")
              + ", and texts that belong together are learned: give lines with "
              + TextForm.MATCH
              + " or "
              + TextForm.NEGATIVE_MATCH
              + ".");
    }
    TokenReader reader = new TokenReader(tokenizer, limits);
    List<MatchedText> all = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    for (int i = 0; i < data.examples().size(); i++) {
      TextExample.Match match = (TextExample.Match) data.examples().get(i);
      try {
        all.add(
            new MatchedText(
                reader.of(query.apply(match.anchor())),
                reader.of(document.apply(match.positive())),
                match.negatives().stream().map(n -> reader.of(document.apply(n))).toList()));
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new MatchedTexts(all, reader.cut);
  }

  /** Reader of texts as tokens, which counts those that are too long. */
  private static final class TokenReader {
    private final TextTokenizer tokenizer;
    private final SequenceLimits limits;
    private int cut;

    TokenReader(TextTokenizer tokenizer, SequenceLimits limits) {
      this.tokenizer = tokenizer;
      this.limits = limits;
    }

    TokenSequence of(String text) {
      int[] ids = tokenizer.encode(text);
      if (ids.length > limits.longest()) {
        if (limits.longer() == SequenceLimits.Longer.REFUSE) {
          throw new IllegalArgumentException(
              "has a text of %d tokens, and %d are the most. Shorten it, allow longer ones, or have them cut."
                  .formatted(ids.length, limits.longest()));
        }
        ids = TruncatedText.of(ids, tokenizer, limits.longest());
        cut++;
      }
      return TokenSequence.of(ids, new boolean[ids.length]);
    }
  }

  /** Notes for the user, as sentences, about what of the texts is not read. */
  public List<String> notes(SequenceLimits limits) {
    return cut == 0
        ? List.of()
        : List.of(
            "%d texts are longer than %d tokens and lose their end."
                .formatted(cut, limits.longest()));
  }
}
