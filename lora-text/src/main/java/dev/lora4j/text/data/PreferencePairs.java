package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

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
  private static final String EQUAL =
      "has the same text as 'chosen' and as 'rejected', so that nothing is preferred.";

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
        PromptedIds ids = ids(data.examples().get(i), tokenizer, template, outputs);
        PromptedIds kept = ids.within(limits, outputs);
        List<TokenSequence> both = kept.sequences(List.of("chosen", "rejected"), outputs);
        pairs.add(new PreferencePair(both.get(0), both.get(1), margin(data.examples().get(i))));
        cut += kept.longest(outputs) < ids.longest(outputs) ? 1 : 0;
        seams += ids.seam() ? 1 : 0;
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new PreferencePairs(pairs, cut, seams);
  }

  /**
   * Refuses preferences between equal texts, before there is a model.
   *
   * @throws TextDataException with all of them
   */
  public static void requireDifferent(TextDataSet data) {
    List<TextProblem> problems = new ArrayList<>();
    for (int i = 0; i < data.examples().size(); i++) {
      if (equal(data.examples().get(i))) {
        problems.add(data.places().get(i).problem(EQUAL));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
  }

  private static boolean equal(TextExample example) {
    return (example instanceof TextExample.Preference plain
            && plain.chosen().equals(plain.rejected()))
        || (example instanceof TextExample.ChatPreference chat
            && chat.chosen().equals(chat.rejected()));
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

  private static PromptedIds ids(
      TextExample example,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      boolean outputs) {
    if (equal(example)) {
      throw new IllegalArgumentException(EQUAL);
    }
    if (example instanceof TextExample.Preference plain) {
      if (outputs) {
        return PromptedIds.apart(
            tokenizer.encode(plain.prompt()),
            EndedTokens.of(tokenizer.encode(plain.chosen()), tokenizer),
            EndedTokens.of(tokenizer.encode(plain.rejected()), tokenizer));
      }
      return PromptedIds.of(
          tokenizer.encode(plain.prompt()),
          EndedTokens.of(tokenizer.encode(plain.prompt() + plain.chosen()), tokenizer),
          EndedTokens.of(tokenizer.encode(plain.prompt() + plain.rejected()), tokenizer));
    }
    TextExample.ChatPreference chat = (TextExample.ChatPreference) example;
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
    return PromptedIds.of(
        tokenizer.encodePlain(how.render(chat.prompt(), true)),
        tokenizer.encodePlain(how.render(joined(chat.prompt(), chat.chosen()), false)),
        tokenizer.encodePlain(how.render(joined(chat.prompt(), chat.rejected()), false)));
  }

  private static OptionalDouble margin(TextExample example) {
    return example instanceof TextExample.Preference plain
        ? plain.margin()
        : ((TextExample.ChatPreference) example).margin();
  }

  private static List<ChatMessage> joined(List<ChatMessage> first, List<ChatMessage> next) {
    List<ChatMessage> all = new ArrayList<>(first);
    all.addAll(next);
    return all;
  }
}
