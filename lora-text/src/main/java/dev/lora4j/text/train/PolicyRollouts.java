package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardTable;
import dev.lora4j.text.align.RolloutStatistics;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** Completions that the model writes, with what is known of each. For one thread. */
final class PolicyRollouts {
  private final Scope scope;
  private final LanguageModel model;
  private final RewardedPrompts prompts;
  private final Rollouts writing;
  private final MixPlan begun;
  private final Optional<MovingReference> moving;
  private Optional<FrozenReference> reference = Optional.empty();

  /**
   * Writing of a run.
   *
   * @param owner of the reference and of what reward functions open
   * @param seed of what is drawn
   * @param begun the adapter that the run begins with as the reference; none for the base
   * @param moving the reference, if it follows the model
   */
  PolicyRollouts(
      Scope owner,
      LanguageModel model,
      RewardedPrompts prompts,
      long seed,
      MixPlan begun,
      Optional<MovingReference> moving) {
    this.moving = moving;
    this.scope = owner;
    this.model = model;
    this.prompts = prompts;
    this.writing = new Rollouts(owner, model, prompts, seed);
    this.begun = begun;
  }

  /** The reference, if it follows the model. */
  Optional<MovingReference> moving() {
    return moving;
  }

  private PolicySettings settings() {
    return prompts.settings();
  }

  /**
   * Writes completions of prompts and finds out how good they are.
   *
   * @param number of the generation, from 0
   * @param step from 1, for rewards
   * @param batches of prompts
   */
  Generation of(long number, long step, List<List<TokenSequence>> batches, MixPlan adapters) {
    try (Scope work = scope.child("generation")) {
      List<TokenSequence> asked = batches.stream().flatMap(List::stream).toList();
      Rollouts.Written written = writing.of(work, asked, step, adapters);
      List<double[]> before = before(work, written.sequences(), adapters);
      List<double[]> base = base(written.sequences());
      double[] distances = distances(before, base);
      List<ScoredRollout> scored = scored(written, distances);
      IdentityHashMap<TokenSequence, Generation.Known> known = new IdentityHashMap<>();
      for (int i = 0; i < scored.size(); i++) {
        known.put(
            written.sequences().get(i),
            new Generation.Known(scored.get(i).advantage(), before.get(i), base.get(i)));
      }
      return new Generation(
          number,
          divided(batches, written.sequences()),
          scored,
          measures(scored, distances, before),
          known);
    }
  }

  /** Log-probabilities when they were written; empty ones where the loss does not need them. */
  private List<double[]> before(Scope work, List<TokenSequence> sequences, MixPlan adapters) {
    return settings().iterations() > 1 || settings().rewardBeta() > 0
        ? tokens(new FrozenReference(work, model, adapters, temperature()), sequences)
        : nothing(sequences);
  }

  /** Log-probabilities under the reference, where they are not computed in the step itself. */
  private List<double[]> base(List<TokenSequence> sequences) {
    boolean inStep = begun.adapters().isEmpty() && moving.isEmpty() && settings().rewardBeta() == 0;
    if (!settings().compares() || inStep) {
      return nothing(sequences);
    }
    if (moving.isPresent()) {
      return tokens(moving.get().reference(), sequences);
    }
    FrozenReference known =
        reference.orElseGet(() -> new FrozenReference(scope, model, begun, temperature()));
    reference = Optional.of(known);
    return tokens(known, sequences);
  }

  private double temperature() {
    return settings().sampling().temperature();
  }

  private static List<double[]> nothing(List<TokenSequence> sequences) {
    return sequences.stream().map(s -> new double[0]).toList();
  }

  /** Of a few rows at a time, as in the steps. */
  private List<double[]> tokens(FrozenReference scorer, List<TokenSequence> sequences) {
    List<double[]> all = new ArrayList<>();
    int together = settings().group();
    for (int from = 0; from < sequences.size(); from += together) {
      List<TokenSequence> rows =
          sequences.subList(from, Math.min(sequences.size(), from + together));
      double[] each = scorer.tokens(rows);
      int at = 0;
      for (TokenSequence row : rows) {
        all.add(Arrays.copyOfRange(each, at, at += row.learned()));
      }
    }
    return all;
  }

  /**
   * Distances of completions from the reference: the sum over the tokens of each (k1); 0 where
   * rewards do not pay for them.
   */
  private double[] distances(List<double[]> before, List<double[]> base) {
    double[] all = new double[before.size()];
    if (settings().rewardBeta() > 0) {
      Arrays.setAll(
          all, i -> Arrays.stream(before.get(i)).sum() - Arrays.stream(base.get(i)).sum());
    }
    return all;
  }

  /** Completions with their rewards, and advantages by these less what the distances cost. */
  private List<ScoredRollout> scored(Rollouts.Written written, double[] distances) {
    RewardTable rewards = written.rewards();
    double[][] each = rewards.each().stream().map(PolicyRollouts::numbers).toArray(double[][]::new);
    double[] weights =
        prompts.rewards().functions().stream().mapToDouble(WeightedReward::weight).toArray();
    double[] paid = settings().advantages().combined(each, weights, settings().group());
    for (int i = 0; i < paid.length; i++) {
      paid[i] -= settings().rewardBeta() * distances[i];
    }
    double[] advantages = settings().advantages().of(paid, settings().group());
    List<String> names = prompts.rewards().names();
    List<ScoredRollout> all = new ArrayList<>();
    for (int i = 0; i < advantages.length; i++) {
      Map<String, OptionalDouble> own = new LinkedHashMap<>();
      for (int k = 0; k < names.size(); k++) {
        own.put(names.get(k), rewards.each().get(k).get(i));
      }
      all.add(
          new ScoredRollout(written.rollouts().get(i), own, rewards.sums().get(i), advantages[i]));
    }
    return all;
  }

  private static double[] numbers(List<OptionalDouble> rewards) {
    return rewards.stream().mapToDouble(r -> r.orElse(Double.NaN)).toArray();
  }

  /** Numbers of a step; with costs the mean distance of a token too. */
  private Map<String, Double> measures(
      List<ScoredRollout> scored, double[] distances, List<double[]> before) {
    Map<String, Double> all = new LinkedHashMap<>(RolloutStatistics.of(scored, settings().group()));
    if (settings().rewardBeta() > 0) {
      int tokens = before.stream().mapToInt(b -> b.length).sum();
      all.put("kl", Arrays.stream(distances).sum() / Math.max(1, tokens));
    }
    return all;
  }

  private List<List<TokenSequence>> divided(
      List<List<TokenSequence>> batches, List<TokenSequence> written) {
    List<List<TokenSequence>> all = new ArrayList<>();
    int at = 0;
    for (List<TokenSequence> batch : batches) {
      int end = at + batch.size() * settings().group();
      all.add(written.subList(at, end));
      at = end;
    }
    return all;
  }

  /** Numbers of what adapters write for the prompts that are held out. */
  Map<String, Double> judged(Supplier<MixPlan> adapters) {
    List<TokenSequence> held = prompts.sequences().heldOut();
    if (held.isEmpty()) {
      return Map.of();
    }
    try (Scope work = scope.child("held out")) {
      Rollouts.Written written = writing.of(work, held, 0, adapters.get());
      List<ScoredRollout> scored = scored(written, new double[written.rollouts().size()]);
      return RolloutStatistics.of(scored, settings().group());
    }
  }
}
