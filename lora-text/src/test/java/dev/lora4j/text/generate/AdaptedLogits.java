package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Logits of whole sequences, or outputs, with adapters. */
final class AdaptedLogits {
  private AdaptedLogits() {}

  /**
   * Computes them.
   *
   * @param inputs of the program of whole sequences, each of as many rows
   * @return F32 [rows, tokens, vocabulary]
   */
  static HostTensor of(
      Scope scope, TextModel base, MixPlan plan, int rows, Map<String, Tensor> inputs) {
    TextPrograms programs = TextPrograms.of(scope, base).orElseThrow();
    BatchMix mix = AdaptedBatch.mix(base, Collections.nCopies(rows, plan));
    MergedSites inside = mix.mergedSites(scope, programs.patch(), base.weights(), 0);
    Network whole =
        programs instanceof Seq2SeqPrograms both
            ? both.whole(mix.unmergedSites())
            : ((CausalPrograms) programs).whole(mix.unmergedSites());
    Map<String, Tensor> data = new HashMap<>(inputs);
    if (!mix.unmergedSites().isEmpty()) {
      float[] weights = mix.weights(Collections.nCopies(rows, 0), 0, 1);
      data.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(rows, mix.columns()), weights));
    }
    Map<String, Tensor> factors = mix.factors(scope, programs.patch());
    try (HeldInputs held = whole.hold(scope, base.weights(), inside.at(plan.at(0, 1)), factors)) {
      return HostTensor.of(whole.run(scope, held, data).get(0));
    }
  }
}
