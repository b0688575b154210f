package dev.lora4j.text.train;

import dev.lora4j.core.adapter.Adapter;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A base with an adapter as it was before training, which what is learned is compared with. Valid
 * while the scope is open that it was made with. For one thread.
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
   */
  FrozenReference(Scope owner, LanguageModel model, Adapter adapter) {
    this.scope = owner.child("reference");
    this.model = model;
    TextModel base = model.base();
    MixPlan plan = MixPlan.of(adapter, 1).route(Route.UNMERGED);
    mix = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
    StackedFactors.Use factors = scope.own(model.programs().factors().of(mix));
    Map<String, Tensor> patched =
        mix.mergedSites(scope, model.programs().patch(), base.weights(), 0).at(plan.at(0, 1));
    score = model.programs().score(mix.unmergedSites());
    held = score.hold(scope, base.weights(), patched, factors.tensors());
  }

  /** Log-probability of what is learned of each sequence, summed over its tokens. */
  double[] likelihoods(List<TokenSequence> rows) {
    int pad = model.tokenizer().special().padId();
    try (Scope work = scope.child("rows")) {
      Map<String, Tensor> data =
          new HashMap<>(ScoredTokens.inputs(work, rows, pad, model.network()));
      if (!mix.unmergedSites().isEmpty()) {
        float[] weights = mix.weights(Collections.nCopies(rows.size(), 0), 0, 1);
        Shape shape = Shape.of(rows.size(), mix.columns());
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, shape, weights));
      }
      float[] losses = score.run(work, held, data).get(0).floats();
      double[] sums = new double[rows.size()];
      int at = 0;
      for (int row = 0; row < sums.length; row++) {
        for (int i = 0; i < rows.get(row).learned(); i++) {
          sums[row] -= losses[at++];
        }
      }
      return sums;
    }
  }
}
