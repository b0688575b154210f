package dev.lora4j.text.model;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Language model with adapters in its weights, as a folder of transformers. */
public final class MergedTextModel {
  private MergedTextModel() {}

  /**
   * Merges adapters into copies of the weights and writes these; the base stays as it is.
   *
   * @param labels class names of its head; none if it has no head
   * @param mix the adapters, whose weights do not depend on steps
   * @param stored the type that weights are written in
   * @param folder is made if need be
   * @return number of changed weights
   */
  public static int write(
      TextModel base, List<String> labels, MixPlan mix, DType stored, Path folder) {
    MixPlan plan = mix.route(Route.MERGED);
    try (Scope scope = base.scope().child("merge")) {
      BatchMix rows = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
      Map<String, Tensor> changed =
          rows.mergedSites(scope, new MergedParameter(scope), base.weights(), 0).at(plan.at(0, 1));
      TextModelWriter.write(base, changed, stored, folder, labels);
      return changed.size();
    }
  }
}
