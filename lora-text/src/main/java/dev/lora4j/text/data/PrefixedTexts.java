package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Texts as a teacher reads them, and with words before them as its student does. Learned are the
 * tokens that both have in common from the end on; where the words meet a text, tokens may differ.
 *
 * @param texts in the order of the examples; blocks if they are packed
 * @param notes for the user, as sentences, about parts of the texts that are left out
 */
public record PrefixedTexts(List<TaughtText> texts, List<String> notes) {
  /** Copies its lists. */
  public PrefixedTexts {
    texts = List.copyOf(texts);
    notes = List.copyOf(notes);
  }

  /**
   * Divides the texts of a data set.
   *
   * @param words before prompts and texts, in a line of their own unless they end in a space; empty
   *     for none
   * @param limits of the longer one of both
   * @param dividing makes tokens of data
   * @throws TextDataException with all examples that cannot be used
   */
  public static PrefixedTexts of(
      TextDataSet data,
      String words,
      TextTokenizer tokenizer,
      SequenceLimits limits,
      BiFunction<TextDataSet, SequenceLimits, TokenSequences> dividing) {
    String prefix = prefix(words);
    if (prefix.isEmpty()) {
      TokenSequences plain = dividing.apply(data, limits);
      return new PrefixedTexts(
          plain.sequences().stream().map(TaughtText::of).toList(), plain.notes(limits));
    }
    return limits.pack()
        ? packed(data, begin(prefix, tokenizer), limits, dividing)
        : whole(data, prefix, limits, dividing);
  }

  private static String prefix(String words) {
    boolean divided = words.isEmpty() || Character.isWhitespace(words.charAt(words.length() - 1));
    return divided ? words : words + "\n";
  }

  /** Tokens of words that a text begins with. */
  private static int[] begin(String prefix, TextTokenizer tokenizer) {
    int[] ids = tokenizer.encode(prefix);
    int length = ids.length;
    while (length > 0 && tokenizer.special().ends().contains(ids[length - 1])) {
      length--;
    }
    return Arrays.copyOf(ids, length);
  }

  /** Blocks begin anywhere in a text, so that no token of words could join with one of theirs. */
  private static PrefixedTexts packed(
      TextDataSet data,
      int[] begin,
      SequenceLimits limits,
      BiFunction<TextDataSet, SequenceLimits, TokenSequences> dividing) {
    int left = limits.longest() - begin.length;
    if (left < 2) {
      throw new IllegalArgumentException(
          "Words of %d tokens leave nothing of a block of %d; take shorter words or longer blocks."
              .formatted(begin.length, limits.longest()));
    }
    SequenceLimits shorter = new SequenceLimits(left, limits.longer(), true);
    TokenSequences blocks = dividing.apply(data, shorter);
    List<TaughtText> texts = new ArrayList<>();
    for (TokenSequence own : blocks.sequences()) {
      int[] ids = Arrays.copyOf(begin, begin.length + own.ids().length);
      System.arraycopy(own.ids(), 0, ids, begin.length, own.ids().length);
      boolean[] counted = new boolean[ids.length];
      Arrays.fill(counted, begin.length + 1, ids.length, true);
      texts.add(new TaughtText(own, TokenSequence.of(ids, counted)));
    }
    return new PrefixedTexts(texts, blocks.notes(shorter));
  }

  private static PrefixedTexts whole(
      TextDataSet data,
      String prefix,
      SequenceLimits limits,
      BiFunction<TextDataSet, SequenceLimits, TokenSequences> dividing) {
    // What is wrong with the texts themselves is told by their own limits.
    int count = dividing.apply(data, limits).sequences().size();
    SequenceLimits none =
        new SequenceLimits(Integer.MAX_VALUE, SequenceLimits.Longer.REFUSE, false);
    List<TextExample> more = data.examples().stream().map(e -> prefixed(e, prefix)).toList();
    TextDataSet called = new TextDataSet(data.form(), more, data.places());
    List<TokenSequence> own = dividing.apply(data, none).sequences();
    List<TokenSequence> student = dividing.apply(called, none).sequences();
    List<TaughtText> texts = new ArrayList<>(count);
    List<TextProblem> problems = new ArrayList<>();
    int cut = 0;
    for (int i = 0; i < own.size(); i++) {
      try {
        int over = student.get(i).length() - limits.longest();
        if (over > 0 && limits.longer() == SequenceLimits.Longer.REFUSE) {
          throw new IllegalArgumentException(
              "has %d tokens with the words before it, and %d are the most."
                  .formatted(student.get(i).length(), limits.longest()));
        }
        cut += over > 0 ? 1 : 0;
        texts.add(both(own.get(i), student.get(i), limits.longest()));
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    List<TokenSequence> kept = texts.stream().map(TaughtText::student).toList();
    return new PrefixedTexts(texts, new TokenSequences(kept, List.of(), cut, 0, 0).notes(limits));
  }

  private static TextExample prefixed(TextExample example, String prefix) {
    if (example instanceof TextExample.Plain plain) {
      return new TextExample.Plain(prefix + plain.text());
    } else if (example instanceof TextExample.Completion asked) {
      return new TextExample.Completion(prefix + asked.prompt(), asked.completion());
    } else if (example instanceof TextExample.Pair pair) {
      return new TextExample.Pair(prefix + pair.input(), pair.target());
    } else if (example instanceof TextExample.Labelled labelled) {
      return new TextExample.Labelled(prefix + labelled.text(), labelled.label());
    }
    if (!(example instanceof TextExample.Chat chat)) {
      throw new IllegalArgumentException(
          example instanceof TextExample.Match || example instanceof TextExample.Tagged
              ? "is neither a text nor a completion, which teachers have answers to."
              : "is a preference, which no teacher has an answer to.");
    }
    List<ChatMessage> messages = new ArrayList<>(chat.messages());
    int first = 0;
    while (first < messages.size() - 1 && !messages.get(first).role().equals("user")) {
      first++;
    }
    ChatMessage said = messages.get(first);
    messages.set(first, new ChatMessage(said.role(), prefix + said.content()));
    return new TextExample.Chat(messages);
  }

  /** Both, with the same tokens learned. */
  private static TaughtText both(TokenSequence own, TokenSequence student, int most) {
    if (own.target().length > 0) {
      return new TaughtText(cut(own, most), cut(student, most));
    }
    int less = Math.max(0, Math.max(own.length(), student.length()) - most);
    int shift = student.length() - own.length();
    boolean[] ofOwn = new boolean[Math.max(0, own.length() - less)];
    boolean[] ofStudent = new boolean[Math.max(0, student.length() - less)];
    int learned = 0;
    for (int i = own.length() - 1; i > 0 && i + shift > 0; i--) {
      if (own.ids()[i] != student.ids()[i + shift]) {
        break;
      }
      if (own.counted()[i] && i < ofOwn.length) {
        ofOwn[i] = true;
        ofStudent[i + shift] = true;
        learned++;
      }
    }
    if (learned == 0) {
      throw new IllegalArgumentException(
          "has nothing to learn within %d tokens with the words before it.".formatted(most));
    }
    return new TaughtText(
        TokenSequence.of(Arrays.copyOf(own.ids(), ofOwn.length), ofOwn),
        TokenSequence.of(Arrays.copyOf(student.ids(), ofStudent.length), ofStudent));
  }

  private static TokenSequence cut(TokenSequence pair, int most) {
    int ids = Math.min(most, pair.ids().length);
    int target = Math.min(most, pair.target().length);
    return new TokenSequence(
        Arrays.copyOf(pair.ids(), ids),
        Arrays.copyOf(pair.counted(), ids),
        Arrays.copyOf(pair.target(), target),
        -1);
  }
}
