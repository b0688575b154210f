package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The examples of a data set of preferences as token ids.
 *
 * <p>A completion begins where the ids of the prompt and those of the whole part, as in TRL 1.16:
 * both completions at the same place, so that neither has tokens of the prompt that the other has
 * not.
 *
 * @param pairs in the order of the examples
 * @param cut how many lost the end of a completion
 * @param seams how many have prompts whose last tokens are others where a completion follows
 */
public record PreferencePairs(List<PreferencePair> pairs, int cut, int seams) {
  /** Copies the pairs. */
  public PreferencePairs {
    pairs = List.copyOf(pairs);
  }

  /**
   * Divides the texts of a data set without conversations.
   *
   * @param outputs whether the model reads the prompt and writes the completion elsewhere
   * @throws IllegalArgumentException if the examples are no preferences
   * @throws TextDataException with all examples that cannot be used
   */
  public static PreferencePairs of(
      TextDataSet data, TextTokenizer tokenizer, SequenceLimits limits, boolean outputs) {
    return of(data, tokenizer, Optional.empty(), limits, outputs);
  }

  /**
   * Divides the texts of a data set, whose conversations a template writes.
   *
   * @param outputs whether the model reads the prompt and writes the completion elsewhere
   * @throws IllegalArgumentException if the examples are no preferences
   * @throws TextDataException with all examples that cannot be used
   */
  public static PreferencePairs of(
      TextDataSet data,
      TextTokenizer tokenizer,
      ChatTemplate template,
      SequenceLimits limits,
      boolean outputs) {
    return of(data, tokenizer, Optional.of(template), limits, outputs);
  }

  private static PreferencePairs of(
      TextDataSet data,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      SequenceLimits limits,
      boolean outputs) {
    if (data.form() != TextForm.PREFERENCE) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + ", and preferences are learned: give lines with "
              + TextForm.PREFERENCE
              + ".");
    }
    if (limits.pack()) {
      throw new IllegalArgumentException("Only plain texts are packed, and these are pairs.");
    }
    List<PreferencePair> pairs = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    int cut = 0;
    int seams = 0;
    for (int i = 0; i < data.examples().size(); i++) {
      try {
        Ids ids = ids(data.examples().get(i), tokenizer, template, outputs);
        Ids kept = ids.within(limits, outputs);
        pairs.add(kept.pair(outputs));
        cut += kept.longest(outputs) < ids.longest(outputs) ? 1 : 0;
        seams += ids.prompt < ids.asked ? 1 : 0;
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new PreferencePairs(pairs, cut, seams);
  }

  /** Notes for the user, as sentences, about what of the data is not learned as it stands. */
  public List<String> notes(SequenceLimits limits) {
    List<String> notes = new ArrayList<>();
    if (cut > 0) {
      notes.add(
          "%d of %d pairs have a completion that is cut at %d tokens with its prompt."
              .formatted(cut, pairs.size(), limits.longest()));
    }
    if (seams > 0) {
      notes.add(
          "%d of %d prompts end in other tokens by themselves than before their completions, as where a prompt ends in a space; these tokens count as the completions'."
              .formatted(seams, pairs.size()));
    }
    return notes;
  }

  private static Ids ids(
      TextExample example,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      boolean outputs) {
    if (example instanceof TextExample.Preference plain) {
      if (plain.chosen().equals(plain.rejected())) {
        throw equal();
      }
      if (outputs) {
        return Ids.apart(
            tokenizer.encode(plain.prompt()),
            EndedTokens.of(tokenizer.encode(plain.chosen()), tokenizer),
            EndedTokens.of(tokenizer.encode(plain.rejected()), tokenizer));
      }
      return Ids.of(
          tokenizer.encode(plain.prompt()),
          EndedTokens.of(tokenizer.encode(plain.prompt() + plain.chosen()), tokenizer),
          EndedTokens.of(tokenizer.encode(plain.prompt() + plain.rejected()), tokenizer));
    }
    TextExample.ChatPreference chat = (TextExample.ChatPreference) example;
    if (chat.chosen().equals(chat.rejected())) {
      throw equal();
    }
    if (outputs) {
      throw new IllegalArgumentException(
          "is a conversation, and this model reads an input and writes an output; give texts in"
              + " place of messages.");
    }
    ChatTemplate how =
        template.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "is a conversation, and "
                        + tokenizer
                        + " has no chat template; give texts in place of messages."));
    return Ids.of(
        tokenizer.encodePlain(how.render(chat.prompt(), true)),
        tokenizer.encodePlain(how.render(joined(chat.prompt(), chat.chosen()), false)),
        tokenizer.encodePlain(how.render(joined(chat.prompt(), chat.rejected()), false)));
  }

  private static IllegalArgumentException equal() {
    return new IllegalArgumentException(
        "has the same text as 'chosen' and as 'rejected', so that nothing is preferred.");
  }

  private static List<ChatMessage> joined(List<ChatMessage> first, List<ChatMessage> next) {
    List<ChatMessage> all = new ArrayList<>(first);
    all.addAll(next);
    return all;
  }

  /**
   * Ids of a pair, as whole texts.
   *
   * @param asked number of ids of the prompt by itself
   * @param prompt number of those that both texts begin with
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Ids(int[] chosen, int[] rejected, int asked, int prompt) {
    static Ids of(int[] prompt, int[] chosen, int[] rejected) {
      int same = Math.min(common(prompt, chosen), common(prompt, rejected));
      return new Ids(chosen, rejected, prompt.length, same);
    }

    /** Of a prompt that is read by itself. */
    static Ids apart(int[] prompt, int[] chosen, int[] rejected) {
      return new Ids(after(prompt, chosen), after(prompt, rejected), prompt.length, prompt.length);
    }

    private static int[] after(int[] prompt, int[] completion) {
      int[] all = Arrays.copyOf(prompt, prompt.length + completion.length);
      System.arraycopy(completion, 0, all, prompt.length, completion.length);
      return all;
    }

    private static int common(int[] a, int[] b) {
      int at = Arrays.mismatch(a, b);
      return at < 0 ? a.length : at;
    }

    /** The longest sequence of the model. */
    int longest(boolean outputs) {
      int longer = Math.max(chosen.length, rejected.length);
      return outputs ? Math.max(prompt, longer - prompt) : longer;
    }

    Ids within(SequenceLimits limits, boolean outputs) {
      int most = limits.longest();
      if (longest(outputs) <= most) {
        return this;
      }
      if (limits.longer() == SequenceLimits.Longer.REFUSE) {
        throw new IllegalArgumentException(
            "has %d tokens, and %d are the most. Shorten it, allow longer ones, or have them cut."
                .formatted(longest(outputs), most));
      }
      if (!outputs && prompt >= most) {
        throw new IllegalArgumentException(
            "has a prompt of %d tokens, which leaves no room for a completion within %d."
                .formatted(prompt, most));
      }
      if (outputs && prompt > most) {
        throw new IllegalArgumentException(
            "has a prompt of %d tokens, and %d are the most.".formatted(prompt, most));
      }
      int end = outputs ? prompt + most : most;
      return new Ids(
          Arrays.copyOf(chosen, Math.min(end, chosen.length)),
          Arrays.copyOf(rejected, Math.min(end, rejected.length)),
          asked,
          prompt);
    }

    PreferencePair pair(boolean outputs) {
      return new PreferencePair(
          sequence(chosen, "chosen", outputs), sequence(rejected, "rejected", outputs));
    }

    private TokenSequence sequence(int[] ids, String key, boolean outputs) {
      int from = outputs ? prompt : Math.max(1, prompt);
      if (ids.length <= from) {
        throw new IllegalArgumentException("has no token to learn at '" + key + "'.");
      }
      if (outputs) {
        int[] target = Arrays.copyOfRange(ids, prompt, ids.length);
        return new TokenSequence(Arrays.copyOf(ids, prompt), new boolean[prompt], target, -1);
      }
      boolean[] counted = new boolean[ids.length];
      Arrays.fill(counted, from, ids.length, true);
      return TokenSequence.of(ids, counted);
    }
  }
}
