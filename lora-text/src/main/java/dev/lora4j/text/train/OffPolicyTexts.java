package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Texts of the batches that a student does not write itself: completions of the data, or what the
 * teacher writes. Which batches these are depends on seed, step and number of the batch alone.
 */
final class OffPolicyTexts {
  private static final long CHOICE = 43;

  private final OnPolicyTeaching teaching;
  private final CompletionWriter teacher;
  private final long seed;

  /** Completions of the data by the sequences of their prompts. */
  private final IdentityHashMap<TokenSequence, TokenSequence> completions = new IdentityHashMap<>();

  OffPolicyTexts(LanguageModel student, OnPolicyTeaching teaching, long seed) {
    this.teaching = teaching;
    this.seed = seed;
    this.teacher =
        new CompletionWriter(
            teaching.teacher().model(), teaching.prompts(), teaching.manner(student), seed);
    for (int i = 0; i < teaching.completions().size(); i++) {
      completions.put(teaching.prompts().learned().get(i), teaching.completions().get(i));
    }
  }

  /**
   * Returns true if the student writes a batch, as TRL draws it for each.
   *
   * @param step from 0
   * @param batch of the step, from 0
   */
  boolean written(long step, int batch) {
    return SeededNoise.of(seed, CHOICE, step, batch).uniform() < teaching.settings().share();
  }

  /**
   * The texts of prompts.
   *
   * @param scope for what is needed on the way
   * @param step from 1
   */
  List<TokenSequence> of(Scope scope, List<TokenSequence> prompts, long step) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    return teaching.settings().teacherWrites()
        ? teacher.of(scope, prompts, step, teaching.teacher().adapters()).stream()
            .map(CompletionWriter.Written::sequence)
            .toList()
        : prompts.stream().map(this::completion).toList();
  }

  /** True if a model writes some of the texts, the student or the teacher. */
  boolean anyWritten() {
    return teaching.settings().share() > 0 || teaching.settings().teacherWrites();
  }

  /**
   * The longest text that a prompt can get.
   *
   * @param written one that a model writes
   */
  TokenSequence longest(TokenSequence prompt, TokenSequence written) {
    TokenSequence known = completions.getOrDefault(prompt, written);
    return anyWritten() && written.length() > known.length() ? written : known;
  }

  private TokenSequence completion(TokenSequence prompt) {
    TokenSequence completion = completions.get(prompt);
    if (completion == null) {
      throw new IllegalArgumentException(
          "There is no completion of this prompt of " + prompt.ids().length + " tokens.");
    }
    return completion;
  }
}
