package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The examples of a data set as token ids, with what of them is learned: all of a text, the
 * completion of a prompt, the answers of a conversation.
 *
 * @param sequences in the order of the examples
 * @param labels names of the classes in the order of their numbers; empty where there are none
 * @param cut how many sequences lost their end
 * @param dropped how many tokens at the end of packed texts filled no block
 * @param open how many conversations have an answer without a token that ends texts, as their
 *     template writes it
 */
public record TokenSequences(
    List<TokenSequence> sequences, List<String> labels, int cut, int dropped, int open) {
  /** Copies its collections. */
  public TokenSequences {
    sequences = List.copyOf(sequences);
    labels = List.copyOf(labels);
  }

  /**
   * Divides the texts of a data set without conversations, whose classes are numbered by
   * themselves.
   *
   * @throws TextDataException with all examples that cannot be used
   */
  public static TokenSequences of(
      TextDataSet data, TextTokenizer tokenizer, SequenceLimits limits) {
    return of(data, tokenizer, limits, data.labels());
  }

  /**
   * Divides the texts of a data set, whose conversations a template writes.
   *
   * @throws TextDataException with all examples that cannot be used
   */
  public static TokenSequences of(
      TextDataSet data, TextTokenizer tokenizer, ChatTemplate template, SequenceLimits limits) {
    return of(data, tokenizer, Optional.of(template), limits, data.labels());
  }

  /**
   * Divides the texts of a data set without conversations.
   *
   * @param labels the classes in the order of their numbers; those of the whole data for a part of
   *     it
   * @throws TextDataException with all examples that cannot be used
   */
  public static TokenSequences of(
      TextDataSet data, TextTokenizer tokenizer, SequenceLimits limits, List<String> labels) {
    return of(data, tokenizer, Optional.empty(), limits, labels);
  }

  private static TokenSequences of(
      TextDataSet data,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      SequenceLimits limits,
      List<String> labels) {
    if (data.form() == TextForm.CHAT && template.isEmpty()) {
      throw new IllegalArgumentException(
          tokenizer
              + " has no chat template, which conversations need. Give one, or prompts with completions.");
    }
    if (limits.pack()) {
      return packed(data, tokenizer, limits.longest());
    }
    List<TokenSequence> sequences = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    int cut = 0;
    int open = 0;
    for (int i = 0; i < data.examples().size(); i++) {
      try {
        TokenSequence whole = sequence(data.examples().get(i), tokenizer, template, labels);
        boolean longer = whole.length() > limits.longest();
        TokenSequence kept = longer ? shortened(whole, tokenizer, limits) : whole;
        if (kept.label() < 0 && kept.learned() == 0) {
          throw new IllegalArgumentException(
              "has nothing to learn or to score within %d tokens.".formatted(limits.longest()));
        }
        cut += longer ? 1 : 0;
        boolean chat = data.form() == TextForm.CHAT;
        open += chat && !ChatSpans.ended(whole, tokenizer) ? 1 : 0;
        sequences.add(kept);
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new TokenSequences(sequences, labels, cut, 0, open);
  }

  /**
   * Notes for the user, as sentences, about parts of the texts that are not among the sequences.
   */
  public List<String> notes(SequenceLimits limits) {
    List<String> notes = new ArrayList<>();
    if (cut > 0) {
      notes.add(
          "%d of %d texts are longer than %d tokens and lose their end."
              .formatted(cut, sequences.size(), limits.longest()));
    }
    if (dropped > 0) {
      notes.add("%d tokens at the end fill no block and are left out.".formatted(dropped));
    }
    if (open > 0) {
      notes.add(
          "In %d of %d conversations the chat template ends an answer with no token that ends a text, so that the model does not learn to stop there. Look at chat_template and eos_token."
              .formatted(open, sequences.size()));
    }
    return notes;
  }

  private static TokenSequence sequence(
      TextExample example,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      List<String> labels) {
    if (example instanceof TextExample.Plain plain) {
      int[] ids = EndedTokens.of(tokenizer.encode(plain.text()), tokenizer);
      return TokenSequence.of(ids, counted(ids.length, 0));
    } else if (example instanceof TextExample.Completion completion) {
      return completion(completion, tokenizer);
    } else if (example instanceof TextExample.Chat chat) {
      return ChatSpans.sequence(chat.messages(), template.orElseThrow(), tokenizer);
    } else if (example instanceof TextExample.Labelled labelled) {
      if (!labels.contains(labelled.label())) {
        throw new IllegalArgumentException(
            "has the class '%s', which is none of %s.".formatted(labelled.label(), labels));
      }
      int[] ids = tokenizer.encode(labelled.text());
      return new TokenSequence(
          ids, new boolean[ids.length], new int[0], labels.indexOf(labelled.label()));
    }
    if (!(example instanceof TextExample.Pair pair)) {
      throw new IllegalArgumentException(
          example instanceof TextExample.Match || example instanceof TextExample.Tagged
              ? "is neither a text nor a completion, which are learned here."
              : "is a preference, which is no sequence by itself; learn it by text align.");
    }
    int[] input = tokenizer.encode(pair.input());
    int[] target = EndedTokens.of(tokenizer.encode(pair.target()), tokenizer);
    return new TokenSequence(input, new boolean[input.length], target, -1);
  }

  /** Divides the two texts as one, so that the ids are those of generation. */
  private static TokenSequence completion(TextExample.Completion example, TextTokenizer tokenizer) {
    var text = tokenizer.locate(example.prompt() + example.completion(), true);
    int from = example.prompt().length();
    int[] ids = EndedTokens.of(text.ids(), tokenizer);
    boolean[] counted = counted(ids.length, ids.length);
    for (int i = 0; i < text.length(); i++) {
      counted[i] = text.ends()[i] > from;
    }
    if (ids.length > 0) {
      // The end, which has no place in the text, is learned.
      int last = ids.length - 1;
      counted[last] |= tokenizer.special().ends().contains(ids[last]);
    }
    return TokenSequence.of(ids, counted);
  }

  private static boolean[] counted(int length, int from) {
    boolean[] counted = new boolean[length];
    Arrays.fill(counted, Math.min(from, length), length, true);
    return counted;
  }

  private static TokenSequence shortened(
      TokenSequence whole, TextTokenizer tokenizer, SequenceLimits limits) {
    if (limits.longer() == SequenceLimits.Longer.REFUSE) {
      throw new IllegalArgumentException(
          "has %d tokens, and %d are the most. Shorten it, allow longer ones, or have them cut."
              .formatted(whole.length(), limits.longest()));
    }
    int most = limits.longest();
    if (whole.label() >= 0) {
      int[] ids = TruncatedText.of(whole.ids(), tokenizer, most);
      return new TokenSequence(ids, new boolean[most], new int[0], whole.label());
    }
    return new TokenSequence(
        Arrays.copyOf(whole.ids(), Math.min(most, whole.ids().length)),
        Arrays.copyOf(whole.counted(), Math.min(most, whole.counted().length)),
        Arrays.copyOf(whole.target(), Math.min(most, whole.target().length)),
        whole.label());
  }

  /**
   * Packs texts into blocks, as {@code group_texts} of transformers' examples: a rest that fills no
   * block is left out.
   */
  private static TokenSequences packed(TextDataSet data, TextTokenizer tokenizer, int block) {
    if (data.form() != TextForm.TEXT) {
      throw new IllegalArgumentException(
          "Only plain texts are packed, and these are of the form " + data.form() + ".");
    }
    List<int[]> documents =
        data.examples().stream()
            .map(
                example ->
                    EndedTokens.of(
                        tokenizer.encode(((TextExample.Plain) example).text()), tokenizer))
            .toList();
    int[] all = documents.stream().flatMapToInt(Arrays::stream).toArray();
    if (all.length < block) {
      throw new IllegalArgumentException(
          "The texts have %d tokens together, which fill no block of %d. Take shorter blocks."
              .formatted(all.length, block));
    }
    List<TokenSequence> blocks = new ArrayList<>();
    for (int from = 0; from + block <= all.length; from += block) {
      blocks.add(TokenSequence.of(Arrays.copyOfRange(all, from, from + block), counted(block, 0)));
    }
    return new TokenSequences(blocks, List.of(), 0, all.length % block, 0);
  }
}
