package dev.lora4j.text.train;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.generate.CausalPrograms;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.ValueHead;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A base with adapters as they are, which what is learned is compared with. Valid while the scope
 * is open that it was made with. For one thread.
 */
final class FrozenReference {
  private final Scope scope;
  private final LanguageModel model;
  private final BatchMix mix;
  private final Map<String, HostTensor> head;
  private final Network score;
  private final HeldInputs held;

  /**
   * A reference on a base.
   *
   * @param owner of what is merged and stacked
   * @param adapters of one weight each; none for the base alone
   * @param temperature what logits are divided by
   */
  FrozenReference(Scope owner, LanguageModel model, MixPlan adapters, double temperature) {
    this(owner, model, adapters, temperature, Map.of());
  }

  /**
   * A reference on a base, with a value head.
   *
   * @param owner of what is merged and stacked
   * @param adapters of one weight each; none for the base alone
   * @param temperature what logits are divided by
   * @param head numbers of the value head by the names of {@link ValueHead}, for a model that goes
   *     on from texts; empty for none
   */
  FrozenReference(
      Scope owner,
      LanguageModel model,
      MixPlan adapters,
      double temperature,
      Map<String, HostTensor> head) {
    this.head = Map.copyOf(head);
    this.scope = owner.child("reference");
    this.model = model;
    TextModel base = model.base();
    MixPlan plan = adapters.route(Route.UNMERGED);
    mix = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
    StackedFactors.Use factors = scope.own(model.programs().factors().of(mix));
    Map<String, Tensor> patched =
        mix.mergedSites(scope, model.programs().patch(), base.weights(), 0).at(plan.at(0, 1));
    score =
        head.isEmpty()
            ? model.programs().score(mix.unmergedSites(), temperature)
            : ((CausalPrograms) model.programs()).valued(mix.unmergedSites(), temperature);
    held = score.hold(scope, base.weights(), patched, factors.tensors());
  }

  /** Frees what is merged and stacked. */
  void close() {
    scope.close();
  }

  /**
   * Tokens that are learned, row by row.
   *
   * @param likelihoods log-probability of each
   * @param values what the value head says where each of them comes; zeros without a head
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tokens(double[] likelihoods, double[] values) {
    /** Nothing that is known of any. */
    static final Tokens NONE = new Tokens(new double[0], new double[0]);

    /** Some of them. */
    Tokens part(int from, int to) {
      return new Tokens(
          Arrays.copyOfRange(likelihoods, from, to), Arrays.copyOfRange(values, from, to));
    }
  }

  /** Log-probability of each token that is learned, row by row. */
  double[] tokens(List<TokenSequence> rows) {
    return valued(rows).likelihoods();
  }

  /** Tokens that are learned, row by row. */
  Tokens valued(List<TokenSequence> rows) {
    int pad = model.tokenizer().special().padId();
    try (Scope work = scope.child("rows")) {
      Map<String, Tensor> data =
          new HashMap<>(ScoredTokens.inputs(work, rows, pad, model.network()));
      if (!mix.unmergedSites().isEmpty()) {
        // One for all rows: at the head, rows are no longer those of the batch.
        Shape shape = Shape.of(1, mix.columns());
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, shape, mix.weights(List.of(0), 0, 1)));
      }
      head.forEach((name, numbers) -> data.put(name, numbers.on(work)));
      List<Tensor> told = score.run(work, held, data);
      float[] losses = told.get(0).floats();
      double[] likelihoods = new double[losses.length];
      Arrays.setAll(likelihoods, i -> -losses[i]);
      double[] values = new double[losses.length];
      if (!head.isEmpty()) {
        float[] said = told.get(1).floats();
        Arrays.setAll(values, i -> said[i]);
      }
      return new Tokens(likelihoods, values);
    }
  }

  /**
   * Log-probability of what is learned of each sequence, summed over its tokens.
   *
   * @param shares of the tokens; all count alike without
   */
  double[] likelihoods(List<TokenSequence> rows, Optional<TokenShares> shares) {
    double[] tokens = tokens(rows);
    double[] sums = new double[rows.size()];
    int at = 0;
    for (int row = 0; row < sums.length; row++) {
      TokenSequence one = rows.get(row);
      double[] counting = shares.map(all -> all.of(one)).orElse(new double[0]);
      for (int i = 0; i < one.learned(); i++) {
        sums[row] += shares.isPresent() ? counting[i] * tokens[at++] : tokens[at++];
      }
    }
    return sums;
  }
}
