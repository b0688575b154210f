package dev.lora4j.text.data;

import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TokenizedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The examples of a data set of words with classes as token ids. The words of a text are read with
 * a space between them, and a word's first token has its class.
 *
 * @param texts in the order of the examples
 * @param cut how many texts lost words at their end
 */
public record TaggedTexts(List<TaggedText> texts, int cut) {
  /** Copies the texts. */
  public TaggedTexts {
    texts = List.copyOf(texts);
  }

  /**
   * Makes tokens of a data set.
   *
   * @param classes names of the classes
   * @throws IllegalArgumentException if the examples are of another form, or are to be packed
   * @throws TextDataException with all examples that cannot be used
   */
  public static TaggedTexts of(
      TextDataSet data, TextTokenizer tokenizer, List<String> classes, SequenceLimits limits) {
    if (data.form() != TextForm.TAGGED || limits.pack()) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + (limits.pack() ? ", packed" : "")
              + ", and classes of words are learned: give lines with "
              + TextForm.TAGGED
              + ".");
    }
    List<TaggedText> all = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    int cut = 0;
    for (int i = 0; i < data.examples().size(); i++) {
      TextExample.Tagged example = (TextExample.Tagged) data.examples().get(i);
      try {
        List<Integer> tags = new ArrayList<>();
        for (String tag : example.tags()) {
          if (!classes.contains(tag)) {
            throw new IllegalArgumentException(
                "has the class '%s', which is none of %s.".formatted(tag, classes));
          }
          tags.add(classes.indexOf(tag));
        }
        TaggedText text = of(example.words(), tags, tokenizer, limits);
        if (text.words() == 0) {
          throw new IllegalArgumentException(
              "has no word within %d tokens.".formatted(limits.longest()));
        }
        cut += text.firsts().get(text.firsts().size() - 1) < 0 ? 1 : 0;
        all.add(text);
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new TaggedTexts(all, cut);
  }

  /**
   * Tokens of words.
   *
   * @param tags number of each word's class
   * @throws IllegalArgumentException if there are too many tokens and the limits refuse that
   */
  public static TaggedText of(
      List<String> words, List<Integer> tags, TextTokenizer tokenizer, SequenceLimits limits) {
    TokenizedText read = tokenizer.locate(String.join(" ", words), true);
    if (read.length() > limits.longest() && limits.longer() == SequenceLimits.Longer.REFUSE) {
      throw new IllegalArgumentException(
          "has %d tokens, and %d are the most. Shorten it, allow longer ones, or have them cut."
              .formatted(read.length(), limits.longest()));
    }
    int[] ids = TruncatedText.of(read.ids(), tokenizer, limits.longest());
    int kept = ids.length < read.length() ? ids.length - added(read) : ids.length;
    Integer[] firsts = new Integer[words.size()];
    Arrays.fill(firsts, -1);
    int word = 0;
    int end = words.get(0).length();
    for (int token = 0; token < kept; token++) {
      // The last character counts, as some tokens begin with the space before a word.
      int last = read.ends()[token] - 1;
      if (read.starts()[token] > last) {
        continue;
      }
      while (last >= end && word < words.size() - 1) {
        word++;
        end += 1 + words.get(word).length();
      }
      boolean within = last >= end - words.get(word).length() && last < end;
      if (within && firsts[word] < 0) {
        firsts[word] = token;
      }
    }
    return new TaggedText(
        TokenSequence.of(ids, new boolean[ids.length]), Arrays.asList(firsts), tags);
  }

  /** Words without classes as the network reads them. */
  public static TaggedText untagged(
      List<String> words, TextTokenizer tokenizer, SequenceLimits limits) {
    return of(words, Collections.nCopies(words.size(), 0), tokenizer, limits);
  }

  /** Number of tokens behind the text that the model adds. */
  private static int added(TokenizedText read) {
    int added = 0;
    while (added < read.length()
        && read.starts()[read.length() - 1 - added] == read.ends()[read.length() - 1 - added]) {
      added++;
    }
    return added;
  }

  /** Notes for the user, as sentences, about what of the texts is not read. */
  public List<String> notes(SequenceLimits limits) {
    return cut == 0
        ? List.of()
        : List.of(
            "%d of %d texts are longer than %d tokens and lose the words at their end."
                .formatted(cut, texts.size(), limits.longest()));
  }
}
