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
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
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
    this.scope = owner.child("reference");
    this.model = model;
    TextModel base = model.base();
    MixPlan plan = adapters.route(Route.UNMERGED);
    mix = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
    StackedFactors.Use factors = scope.own(model.programs().factors().of(mix));
    Map<String, Tensor> patched =
        mix.mergedSites(scope, model.programs().patch(), base.weights(), 0).at(plan.at(0, 1));
    score = model.programs().score(mix.unmergedSites(), temperature);
    held = score.hold(scope, base.weights(), patched, factors.tensors());
  }

  /** Frees what is merged and stacked. */
  void close() {
    scope.close();
  }

  /** Log-probability of each token that is learned, row by row. */
  double[] tokens(List<TokenSequence> rows) {
    int pad = model.tokenizer().special().padId();
    try (Scope work = scope.child("rows")) {
      Map<String, Tensor> data =
          new HashMap<>(ScoredTokens.inputs(work, rows, pad, model.network()));
      if (!mix.unmergedSites().isEmpty()) {
        // One for all rows: at the head, rows are no longer those of the batch.
        Shape shape = Shape.of(1, mix.columns());
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, shape, mix.weights(List.of(0), 0, 1)));
      }
      float[] losses = score.run(work, held, data).get(0).floats();
      double[] likelihoods = new double[losses.length];
      for (int i = 0; i < losses.length; i++) {
        likelihoods[i] = -losses[i];
      }
      return likelihoods;
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
