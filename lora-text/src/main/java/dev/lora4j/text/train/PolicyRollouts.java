package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.align.PolicySettings;
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
   * @param head numbers of the value head by its names; empty for none, or for zeros
   */
  Generation of(
      long number,
      long step,
      List<List<TokenSequence>> batches,
      MixPlan adapters,
      Map<String, HostTensor> head) {
    try (Scope work = scope.child("generation")) {
      List<TokenSequence> asked = batches.stream().flatMap(List::stream).toList();
      Rollouts.Written written = writing.of(work, asked, step, adapters);
      // Of a few rows at a time, as in the steps.
      int together = settings().values().isPresent() ? batches.get(0).size() : 1;
      List<FrozenReference.Tokens> before =
          before(work, written.sequences(), adapters, head, together);
      List<double[]> base = base(written.sequences(), together);
      double[] paid = paid(written);
      Optional<ValuedTokens> valued =
          settings().values().map(how -> ValuedTokens.of(settings(), paid, before, base));
      double[] distances = distances(before, base);
      List<ScoredRollout> scored =
          scored(
              written,
              valued
                  .map(v -> v.each().stream().mapToDouble(ValuedTokens.Completion::gain).toArray())
                  .orElseGet(() -> compared(paid, distances)));
      IdentityHashMap<TokenSequence, Generation.Known> known = new IdentityHashMap<>();
      for (int i = 0; i < scored.size(); i++) {
        int one = i;
        known.put(
            written.sequences().get(i),
            new Generation.Known(
                scored.get(i).advantage(),
                before.get(i).likelihoods(),
                base.get(i),
                valued.map(v -> v.each().get(one))));
      }
      return new Generation(
          number,
          divided(batches, written.sequences()),
          scored,
          measures(
              scored, valued.map(ValuedTokens::measures).orElseGet(() -> kl(distances, before))),
          known);
    }
  }

  /** Tokens when they were written; empty ones where the loss does not need them. */
  private List<FrozenReference.Tokens> before(
      Scope work,
      List<TokenSequence> sequences,
      MixPlan adapters,
      Map<String, HostTensor> head,
      int together) {
    boolean needed =
        settings().iterations() > 1
            || settings().rewardBeta() > 0
            || settings().values().isPresent();
    return needed
        ? tokens(
            new FrozenReference(work, model, adapters, temperature(), head), sequences, together)
        : nothing(sequences);
  }

  /** Log-probabilities under the reference, where they are not computed in the step itself. */
  private List<double[]> base(List<TokenSequence> sequences, int together) {
    boolean inStep = begun.adapters().isEmpty() && moving.isEmpty() && settings().rewardBeta() == 0;
    List<FrozenReference.Tokens> all =
        !settings().compares() || inStep
            ? nothing(sequences)
            : tokens(
                moving.map(MovingReference::reference).orElseGet(this::still), sequences, together);
    return all.stream().map(FrozenReference.Tokens::likelihoods).toList();
  }

  /** The reference that stays as it is. */
  private FrozenReference still() {
    FrozenReference known =
        reference.orElseGet(() -> new FrozenReference(scope, model, begun, temperature()));
    reference = Optional.of(known);
    return known;
  }

  private double temperature() {
    return settings().sampling().temperature();
  }

  private static List<FrozenReference.Tokens> nothing(List<TokenSequence> sequences) {
    return sequences.stream().map(s -> FrozenReference.Tokens.NONE).toList();
  }

  /**
   * Tokens of each sequence.
   *
   * @param together prompts whose completions are computed at once
   */
  private List<FrozenReference.Tokens> tokens(
      FrozenReference scorer, List<TokenSequence> sequences, int together) {
    List<FrozenReference.Tokens> all = new ArrayList<>();
    int count = together * settings().group();
    for (int from = 0; from < sequences.size(); from += count) {
      List<TokenSequence> rows = sequences.subList(from, Math.min(sequences.size(), from + count));
      FrozenReference.Tokens each = scorer.valued(rows);
      int at = 0;
      for (TokenSequence row : rows) {
        all.add(each.part(at, at += row.learned()));
      }
    }
    return all;
  }

  /**
   * Distances of completions from the reference: the sum over the tokens of each (k1); 0 where
   * rewards do not pay for them.
   */
  private double[] distances(List<FrozenReference.Tokens> before, List<double[]> base) {
    double[] all = new double[before.size()];
    if (settings().rewardBeta() > 0) {
      Arrays.setAll(
          all,
          i -> Arrays.stream(before.get(i).likelihoods()).sum() - Arrays.stream(base.get(i)).sum());
    }
    return all;
  }

  /** The reward of each completion, of those that several functions gave. */
  private double[] paid(Rollouts.Written written) {
    double[][] each =
        written.rewards().each().stream().map(PolicyRollouts::numbers).toArray(double[][]::new);
    double[] weights =
        prompts.rewards().functions().stream().mapToDouble(WeightedReward::weight).toArray();
    return settings().advantages().combined(each, weights, settings().group());
  }

  /** Advantages by rewards less what the distances cost. */
  private double[] compared(double[] paid, double[] distances) {
    double[] left = new double[paid.length];
    Arrays.setAll(left, i -> paid[i] - settings().rewardBeta() * distances[i]);
    return settings().advantages().of(left, settings().group());
  }

  /** Completions with their rewards. */
  private List<ScoredRollout> scored(Rollouts.Written written, double[] advantages) {
    return ScoredRollout.of(
        written.rollouts(), prompts.rewards().names(), written.rewards(), advantages);
  }

  private static double[] numbers(List<OptionalDouble> rewards) {
    return rewards.stream().mapToDouble(r -> r.orElse(Double.NaN)).toArray();
  }

  /** Numbers of a step. */
  private Map<String, Double> measures(List<ScoredRollout> scored, Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(RolloutStatistics.of(scored, settings().group()));
    all.putAll(more);
    return all;
  }

  /** With costs the mean distance of a token. */
  private Map<String, Double> kl(double[] distances, List<FrozenReference.Tokens> before) {
    int tokens = before.stream().mapToInt(b -> b.likelihoods().length).sum();
    return settings().rewardBeta() > 0
        ? Map.of("kl", Arrays.stream(distances).sum() / Math.max(1, tokens))
        : Map.of();
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
      double[] free = new double[written.rollouts().size()];
      List<ScoredRollout> scored = scored(written, compared(paid(written), free));
      return RolloutStatistics.of(scored, settings().group());
    }
  }
}
