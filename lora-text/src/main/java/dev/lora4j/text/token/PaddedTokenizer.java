package dev.lora4j.text.token;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.PromptTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Prompts for an encoder of pictures: tokens of a text with what the model has around them, padded
 * at the end to one length.
 */
public final class PaddedTokenizer implements PromptTokenizer {
  /** A word that tokenisers do not join with what is around a text. */
  private static final String WORD = "a";

  private final TextTokenizer words;
  private final int maxLength;
  private final int[] first;
  private final int[] last;

  private PaddedTokenizer(TextTokenizer words, int maxLength, Around around) {
    this.words = words;
    this.maxLength = maxLength;
    first = around.first().stream().mapToInt(Integer::intValue).toArray();
    last = around.last().stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Tokens around those of a prompt.
   *
   * @param first before them
   * @param last behind them
   */
  public record Around(List<Integer> first, List<Integer> last) {
    /** Copies the lists. */
    public Around {
      first = List.copyOf(first);
      last = List.copyOf(last);
    }

    /** Tokens that the tokeniser itself puts around a text. */
    public static Around own(TextTokenizer words) {
      List<Integer> plain = ids(words.encodePlain(WORD));
      List<Integer> whole = ids(words.encode(WORD));
      int at = 0;
      while (at + plain.size() < whole.size()
          && !plain.equals(whole.subList(at, at + plain.size()))) {
        at++;
      }
      int end = Math.min(whole.size(), at + plain.size());
      return new Around(whole.subList(0, at), whole.subList(end, whole.size()));
    }

    /** Those of texts around it. */
    public static Around texts(TextTokenizer words, String before, String behind) {
      return new Around(ids(words.encodePlain(before)), ids(words.encodePlain(behind)));
    }

    private static List<Integer> ids(int[] tokens) {
      return Arrays.stream(tokens).boxed().toList();
    }
  }

  /**
   * Loads the tokeniser of a folder. Whoever loads it closes it.
   *
   * @param maxLength number of tokens that the encoder takes at once
   * @param vocabulary rows of the encoder's embedding of tokens
   * @throws ModelException if the folder has no tokeniser, or one for another model
   */
  public static PaddedTokenizer load(Path folder, int maxLength, int vocabulary) {
    return load(folder, maxLength, vocabulary, Around::own);
  }

  /**
   * Loads the tokeniser of a folder, with other tokens around prompts. Whoever loads it closes it.
   *
   * @param maxLength number of tokens that the encoder takes at once
   * @param vocabulary rows of the encoder's embedding of tokens
   * @param around gives the tokens around prompts
   * @throws ModelException if the folder has no tokeniser, or one for another model
   */
  public static PaddedTokenizer load(
      Path folder, int maxLength, int vocabulary, Function<TextTokenizer, Around> around) {
    try {
      TextTokenizer words = TextTokenizer.load(folder);
      try {
        words.requireFits(vocabulary);
        PaddedTokenizer tokenizer = new PaddedTokenizer(words, maxLength, around.apply(words));
        if (tokenizer.room() < 1) {
          throw new ModelException(
              folder + ": of " + maxLength + " tokens that the encoder takes, none is a prompt's.");
        }
        return tokenizer;
      } catch (RuntimeException | Error e) {
        words.close();
        throw e;
      }
    } catch (IOException | TokenizerException e) {
      throw new ModelException(folder + " has no tokeniser that fits: " + e.getMessage(), e);
    }
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public int room() {
    return maxLength - first.length - last.length;
  }

  @Override
  public int before() {
    return first.length;
  }

  @Override
  public int[] pieces(String text) {
    return words.encodePlain(text);
  }

  @Override
  public int placeholder() {
    return pad();
  }

  private int pad() {
    return words.special().padId();
  }

  @Override
  public int[] framed(int[] pieces) {
    int[] framed = new int[maxLength];
    Arrays.fill(framed, pad());
    System.arraycopy(first, 0, framed, 0, first.length);
    System.arraycopy(pieces, 0, framed, first.length, pieces.length);
    System.arraycopy(last, 0, framed, first.length + pieces.length, last.length);
    return framed;
  }

  /** The last token that is no padding; the first one if there is none. */
  @Override
  public int end(int[] framed) {
    int end = framed.length - 1;
    while (end > 0 && framed[end] == pad()) {
      end--;
    }
    return end;
  }

  @Override
  public void close() {
    words.close();
  }
}
