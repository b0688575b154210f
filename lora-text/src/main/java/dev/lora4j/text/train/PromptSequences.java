package dev.lora4j.text.train;

import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextProblem;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Prompts that the model answers itself, each known by its sequence. */
final class PromptSequences {
  private final List<TokenSequence> learned;
  private final List<TokenSequence> heldOut;

  /** By the sequences themselves, as two lines may have the same prompt. */
  private final IdentityHashMap<TokenSequence, PromptLine> lines = new IdentityHashMap<>();

  /**
   * Makes tokens of prompts.
   *
   * @param learned the prompts to learn with, at least one
   * @param heldOut those that are only answered
   * @throws IllegalArgumentException if there are no prompts
   * @throws TextDataException with all that leave no room for a completion
   */
  PromptSequences(LanguageModel model, PromptSet learned, PromptSet heldOut) {
    if (learned.prompts().isEmpty()) {
      throw new IllegalArgumentException("There are no prompts to learn with.");
    }
    List<TextProblem> problems = new ArrayList<>();
    this.learned = sequences(model, learned, problems);
    this.heldOut = sequences(model, heldOut, problems);
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
  }

  private List<TokenSequence> sequences(
      LanguageModel model, PromptSet prompts, List<TextProblem> problems) {
    List<TokenSequence> all = new ArrayList<>();
    for (int i = 0; i < prompts.prompts().size(); i++) {
      PromptLine line = prompts.prompts().get(i);
      try {
        int[] ids =
            model.ids(
                line.messages().isEmpty()
                    ? TextPrompt.of(line.text())
                    : TextPrompt.chat(line.messages()));
        TokenSequence prompt = new TokenSequence(ids, new boolean[ids.length], new int[0], -1);
        lines.put(prompt, line);
        all.add(prompt);
      } catch (IllegalArgumentException e) {
        problems.add(prompts.places().get(i).problem("cannot be answered: " + e.getMessage()));
      }
    }
    return all;
  }

  /** The prompts that are learned with. */
  List<TokenSequence> learned() {
    return learned;
  }

  /** Those that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** The line of a prompt. */
  PromptLine line(TokenSequence prompt) {
    PromptLine line = lines.get(prompt);
    if (line == null) {
      throw new IllegalArgumentException(
          "There is no line with this prompt of " + prompt.ids().length + " tokens.");
    }
    return line;
  }

  /** Digest of what the lines have beside their prompts. */
  String columns() {
    List<String> columns = new ArrayList<>();
    learned.forEach(one -> columns.add(line(one).columns().toString()));
    heldOut.forEach(one -> columns.add(line(one).columns().toString()));
    return TrainingTexts.digestOf(columns);
  }
}
