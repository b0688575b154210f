package dev.lora4j.cli.text;

import dev.lora4j.text.align.PreferenceObjective;
import java.util.List;

/** Ways to align a model, with the losses and beta that each has by itself. */
enum AlignmentMethod {
  dpo(Kind.PAIRS, PreferenceObjective.BETA, "sigmoid"),
  cpo(Kind.PAIRS, PreferenceObjective.BETA, "cpo", "sft"),
  simpo(Kind.PAIRS, 2, "simpo"),
  orpo(Kind.PAIRS, PreferenceObjective.BETA, "orpo", "sft"),
  kto(Kind.JUDGEMENTS, PreferenceObjective.BETA, "kto"),
  grpo(Kind.REWARDS, 0, "dapo"),
  rloo(Kind.REWARDS, 0.05, "rloo"),
  ppo(Kind.REWARDS, 0.05, "ppo"),
  distill(Kind.TEACHER, 1),
  reward(Kind.REWARD_MODEL, 0);

  /** Kinds of data. */
  enum Kind {
    /** Two answers, of which one is better. */
    PAIRS("learns from pairs"),
    /** Answers that are good or bad. */
    JUDGEMENTS("learns from single answers"),
    /** Answers of the model's own, and their rewards. */
    REWARDS("learns from rewards"),
    /** Answers of the model's own, and what a teacher says to each of their tokens. */
    TEACHER("learns from a teacher"),
    /** Two answers, of which one is better, for a reward model. */
    REWARD_MODEL("makes a reward model");

    private final String what;

    Kind(String what) {
      this.what = what;
    }

    /** A predicate, for messages. */
    @Override
    public String toString() {
      return what;
    }
  }

  private final Kind kind;
  private final double beta;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nothing changes
  private final List<String> losses;

  AlignmentMethod(Kind kind, double beta, String... losses) {
    this.kind = kind;
    this.beta = beta;
    this.losses = List.of(losses);
  }

  Kind kind() {
    return kind;
  }

  double beta() {
    return beta;
  }

  List<String> losses() {
    return losses;
  }
}
