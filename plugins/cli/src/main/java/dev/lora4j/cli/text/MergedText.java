package dev.lora4j.cli.text;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Language models with adapters in their weights. */
final class MergedText {
  /** The layout of whole models, beside those of adapters. */
  static final String LAYOUT = "transformers";

  private MergedText() {}

  /**
   * Writes one as a folder of transformers.
   *
   * @param labels class names of its head; none if it has no head
   * @return number of changed weights
   */
  static int write(TextModel base, List<String> labels, MixPlan mix, DType stored, Path folder) {
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
