package dev.lora4j.text.evaluate;

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
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Perplexity of texts under a model.
 *
 * @param loss the mean negative logarithm of the probability of each token that counts
 * @param tokens how many count
 */
public record Perplexity(double loss, long tokens) {
  private static final int BATCH = 8;

  /** e to the power of the loss: among how many equally likely tokens the model seems to choose. */
  public double value() {
    return Math.exp(loss);
  }

  /**
   * The perplexity of sequences; tokens that are not learned count only as what comes before.
   *
   * @param mix the model's adapters
   * @param listener receives the number of sequences that are done
   */
  public static Perplexity of(
      LanguageModel model, List<TokenSequence> sequences, MixPlan mix, IntConsumer listener) {
    MixPlan plan = mix.route() == Route.AUTO ? mix.route(Route.UNMERGED) : mix;
    int pad = model.tokenizer().special().padId();
    TextModel base = model.base();
    BatchMix rows = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
    try (Scope scope = model.scope().child("perplexity");
        StackedFactors.Use factors = model.programs().factors().of(rows)) {
      Map<String, Tensor> patched =
          rows.mergedSites(scope, model.programs().patch(), base.weights(), 0).at(plan.at(0, 1));
      Network score = model.programs().score(rows.unmergedSites());
      double sum = 0;
      long count = 0;
      try (HeldInputs held = score.hold(scope, base.weights(), patched, factors.tensors())) {
        for (int from = 0; from < sequences.size(); from += BATCH) {
          List<TokenSequence> batch =
              sequences.subList(from, Math.min(sequences.size(), from + BATCH));
          try (Scope step = scope.child("batch")) {
            Map<String, Tensor> data =
                new HashMap<>(ScoredTokens.inputs(step, batch, pad, model.network()));
            if (!rows.unmergedSites().isEmpty()) {
              float[] weights = rows.weights(Collections.nCopies(batch.size(), 0), 0, 1);
              Shape shape = Shape.of(batch.size(), rows.columns());
              data.put(UnmergedAdapters.WEIGHTS, Tensor.of(step, shape, weights));
            }
            for (float loss : score.run(step, held, data).get(0).floats()) {
              sum += loss;
              count++;
            }
          }
          listener.accept(Math.min(sequences.size(), from + BATCH));
        }
      }
      return new Perplexity(sum / count, count);
    }
  }
}
