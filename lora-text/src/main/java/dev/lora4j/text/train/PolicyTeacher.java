package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Optional;

/**
 * Teacher of what a student writes: a model, with adapters or without. It may be the student's own
 * base, which is then there once.
 *
 * @param model whose tokens are those of the student; it stays open as long as the training runs
 * @param adapters of the model, each of one weight; none for the model alone
 */
public record PolicyTeacher(LanguageModel model, MixPlan adapters) {
  /**
   * Refuses a teacher that a student cannot learn from.
   *
   * @throws IllegalArgumentException if one of them has an encoder, their tokens are not the same,
   *     or the teacher says what the student's base says
   */
  void requireFor(LanguageModel student) {
    if (!(model.network() instanceof CausalNetwork)) {
      throw new IllegalArgumentException(
          "The teacher "
              + model.base().path()
              + " has an encoder and a decoder; take a model that goes on from texts.");
    }
    if (model == student && adapters.adapters().isEmpty()) {
      throw new IllegalArgumentException(
          "The teacher is the student's own base without an adapter, and there is nothing to learn"
              + " from it. Give it an adapter, or take another model.");
    }
    Optional<String> other =
        model == student ? Optional.empty() : student.tokenizer().difference(model.tokenizer());
    if (other.isPresent()) {
      throw new IllegalArgumentException(
          "The teacher "
              + model.base().path()
              + " has other tokens than "
              + student.base().path()
              + ": "
              + other.get()
              + ". Take a teacher of the same tokeniser.");
    }
  }

  /** The most tokens that both read. */
  public int longest(LanguageModel student) {
    return Math.min(student.network().longest(), model.network().longest());
  }

  /** The tokens that both have logits of: tables are filled up to different lengths. */
  int vocabulary(LanguageModel student) {
    return Math.min(student.network().vocabulary(), model.network().vocabulary());
  }
}
