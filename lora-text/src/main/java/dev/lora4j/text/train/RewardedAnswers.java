package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.align.RewardContext;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutStatistics;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/**
 * Answers that a model with adapters writes, with their rewards; nothing is trained.
 *
 * @param answers those of a prompt side by side, in the order of the prompts; their advantages are
 *     0
 * @param group answers of each prompt
 */
public record RewardedAnswers(List<ScoredRollout> answers, int group) {
  /** Copies the list. */
  public RewardedAnswers {
    answers = List.copyOf(answers);
  }

  /**
   * Manner of answering.
   *
   * @param sampling the likeliest tokens with {@link SamplingSettings#GREEDY}
   * @param group answers of each prompt, at least 1
   * @param maxNewTokens the most tokens of one, at least 1
   * @param seed of what is drawn, which depends on it, the prompt's place and the answer's number
   *     alone: two models that are asked the same draw the same
   */
  public record Manner(SamplingSettings sampling, int group, int maxNewTokens, long seed) {
    /** Checks the numbers. */
    public Manner {
      if (group < 1 || maxNewTokens < 1) {
        throw new IllegalArgumentException(
            "Answers of a prompt and their tokens must be at least 1, found "
                + group
                + " and "
                + maxNewTokens
                + ".");
      }
    }
  }

  /** Prompts that are answered before their rewards are asked for. */
  private static final int TOGETHER = 8;

  /**
   * Lets a model answer, and asks for rewards, for some prompts at a time.
   *
   * @param prompts at least one
   * @param adapters of the model; none for the base
   * @param listener receives the number of prompts that are done
   * @throws TextDataException with all prompts that leave no room for an answer
   * @throws RewardException as {@link Rewards#ask} says
   * @throws CancellationException if the calling thread is interrupted
   */
  public static RewardedAnswers of(
      LanguageModel model,
      PromptSet prompts,
      MixPlan adapters,
      Manner manner,
      Rewards rewards,
      IntConsumer listener) {
    PromptSequences sequences = new PromptSequences(model, prompts, PromptSet.NONE);
    CompletionWriter writer =
        new CompletionWriter(
            model,
            sequences,
            new CompletionWriter.Manner(
                manner.sampling(),
                manner.group(),
                manner.maxNewTokens(),
                model.network().longest(),
                false),
            manner.seed());
    List<TokenSequence> asked = sequences.learned();
    List<ScoredRollout> all = new ArrayList<>();
    try (Scope scope = model.scope().child("answers")) {
      Rewards judges = rewards.open(new RewardContext(scope, model));
      for (int from = 0; from < asked.size(); from += TOGETHER) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("The answers were interrupted.");
        }
        int to = Math.min(asked.size(), from + TOGETHER);
        try (Scope work = scope.child("prompts")) {
          // The place of the first prompt in the place of a step, as the writer counts prompts from
          // it.
          all.addAll(
              scored(
                  rewards.names(),
                  judges,
                  writer.of(work, asked.subList(from, to), from, adapters)));
        }
        listener.accept(to);
      }
    }
    return new RewardedAnswers(all, manner.group());
  }

  private static List<ScoredRollout> scored(
      List<String> names, Rewards judges, List<CompletionWriter.Written> written) {
    List<Rollout> rollouts = written.stream().map(CompletionWriter.Written::rollout).toList();
    return ScoredRollout.of(
        rollouts, names, judges.ask(new RewardRequest(rollouts, 0)), new double[rollouts.size()]);
  }

  /** Numbers of all answers, by TRL's names; NaN where nothing has one. */
  public Map<String, Double> statistics() {
    return RolloutStatistics.of(answers, group);
  }

  /** Mean reward of each prompt's answers, in the order of the prompts; empty without a reward. */
  public List<OptionalDouble> ofPrompts() {
    List<OptionalDouble> all = new ArrayList<>();
    for (int from = 0; from < answers.size(); from += group) {
      all.add(
          answers.subList(from, from + group).stream()
              .flatMapToDouble(answer -> answer.reward().stream())
              .average());
    }
    return all;
  }

  /**
   * Compares with what another model answered to the same prompts.
   *
   * @throws IllegalArgumentException if it has other numbers of prompts
   */
  public Comparison against(RewardedAnswers other) {
    List<OptionalDouble> ours = ofPrompts();
    List<OptionalDouble> theirs = other.ofPrompts();
    if (ours.size() != theirs.size()) {
      throw new IllegalArgumentException(
          "Answers to " + ours.size() + " prompts cannot be compared with " + theirs.size() + ".");
    }
    int wins = 0;
    int ties = 0;
    int losses = 0;
    for (int i = 0; i < ours.size(); i++) {
      if (ours.get(i).isPresent() && theirs.get(i).isPresent()) {
        double more = ours.get(i).getAsDouble() - theirs.get(i).getAsDouble();
        wins += more > 0 ? 1 : 0;
        ties += more == 0 ? 1 : 0;
        losses += more < 0 ? 1 : 0;
      }
    }
    return new Comparison(wins, ties, losses);
  }

  /**
   * Prompts by whose answers have the greater mean reward; those without rewards do not count.
   *
   * @param wins prompts of which these answers have it
   * @param ties prompts with equal rewards
   * @param losses prompts of which the other answers have it
   */
  public record Comparison(int wins, int ties, int losses) {
    /** Share of the prompts that are won, a tie counting half; NaN without prompts. */
    public double winRate() {
      return (wins + ties / 2.0) / (wins + ties + losses);
    }
  }
}
