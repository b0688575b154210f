package dev.lora4j.cli;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.pipeline.LanguageModel;
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
   * @return how many weights changed
   */
  static int write(LanguageModel model, MixPlan mix, DType stored, Path folder) {
    TextModel base = model.base();
    MixPlan plan = mix.route(Route.PATCHED);
    try (Scope scope = base.scope().child("merge")) {
      BatchMix rows = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
      Map<String, Tensor> changed =
          rows.patched(scope, model.programs().patch(), base.weights(), 0).at(plan.at(0, 1));
      TextModelWriter.write(base, changed, stored, folder);
      return changed.size();
    }
  }
}
