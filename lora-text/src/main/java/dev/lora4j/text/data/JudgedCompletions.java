package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The examples of a data set of judged completions as token ids, as {@link PreferencePairs} has
 * those of preferences.
 *
 * @param completions in the order of the examples
 * @param cut how many lost the end of a completion
 * @param seams how many have prompts whose last tokens are others where a completion follows
 */
public record JudgedCompletions(List<JudgedCompletion> completions, int cut, int seams) {
  /** Copies the completions. */
  public JudgedCompletions {
    completions = List.copyOf(completions);
  }

  /**
   * Divides the texts of a data set without conversations.
   *
   * @throws IllegalArgumentException if the examples are no judged completions
   * @throws TextDataException with all examples that cannot be used
   */
  public static JudgedCompletions of(
      TextDataSet data, TextTokenizer tokenizer, SequenceLimits limits) {
    return of(data, tokenizer, Optional.empty(), limits);
  }

  /**
   * Divides the texts of a data set, whose conversations a template writes.
   *
   * @throws IllegalArgumentException if the examples are no judged completions
   * @throws TextDataException with all examples that cannot be used
   */
  public static JudgedCompletions of(
      TextDataSet data, TextTokenizer tokenizer, ChatTemplate template, SequenceLimits limits) {
    return of(data, tokenizer, Optional.of(template), limits);
  }

  private static JudgedCompletions of(
      TextDataSet data,
      TextTokenizer tokenizer,
      Optional<ChatTemplate> template,
      SequenceLimits limits) {
    if (data.form() != TextForm.JUDGED) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + ", and judged completions are learned: give lines with "
              + TextForm.JUDGED
              + ".");
    }
    List<JudgedCompletion> all = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    int cut = 0;
    int seams = 0;
    for (int i = 0; i < data.examples().size(); i++) {
      TextExample example = data.examples().get(i);
      try {
        PromptedIds ids = ids(example, tokenizer, template);
        PromptedIds kept = ids.within(limits, false);
        TokenSequence sequence = kept.sequences(List.of("completion"), false).get(0);
        all.add(new JudgedCompletion(sequence, Math.max(1, kept.prompt()), good(example)));
        cut += kept.longest(false) < ids.longest(false) ? 1 : 0;
        seams += ids.seam() ? 1 : 0;
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem(String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new JudgedCompletions(all, cut, seams);
  }

  private static boolean good(TextExample example) {
    return example instanceof TextExample.Judged plain
        ? plain.good()
        : ((TextExample.ChatJudged) example).good();
  }

  private static PromptedIds ids(
      TextExample example, TextTokenizer tokenizer, Optional<ChatTemplate> template) {
    if (example instanceof TextExample.Judged plain) {
      return PromptedIds.of(
          tokenizer.encode(plain.prompt()),
          EndedTokens.of(tokenizer.encode(plain.prompt() + plain.completion()), tokenizer));
    }
    TextExample.ChatJudged chat = (TextExample.ChatJudged) example;
    ChatTemplate how =
        template.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "is a conversation, and "
                        + tokenizer
                        + " has no chat template; give texts in place of messages."));
    List<ChatMessage> whole = new ArrayList<>(chat.prompt());
    whole.addAll(chat.completion());
    return PromptedIds.of(
        tokenizer.encodePlain(how.render(chat.prompt(), true)),
        tokenizer.encodePlain(how.render(whole, false)));
  }

  /** Notes for the user, as sentences, about what of the data is not learned as it stands. */
  public List<String> notes(SequenceLimits limits) {
    List<String> notes = new ArrayList<>();
    if (cut > 0) {
      notes.add(
          "%d of %d completions are cut at %d tokens with their prompts."
              .formatted(cut, completions.size(), limits.longest()));
    }
    if (seams > 0) {
      notes.add(
          "%d of %d prompts end in other tokens by themselves than before their completions, as where a prompt ends in a space; these tokens count as the completions'."
              .formatted(seams, completions.size()));
    }
    return notes;
  }
}
