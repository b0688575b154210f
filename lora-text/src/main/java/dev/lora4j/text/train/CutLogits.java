package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Divergence;
import dev.lora4j.text.evaluate.RowLogits;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Logits of a model with adapters, over the first tokens of its vocabulary. Valid while the scope
 * is open that it was made with. For one thread.
 */
final class CutLogits implements Divergence.Speaker {
  private final RowLogits all;
  private final Scope scope;
  private final Optional<Program> cut;

  /**
   * Logits of a model.
   *
   * @param owner of what is merged and stacked
   * @param adapters of one weight each; none for the model alone
   * @param vocabulary how many tokens
   */
  CutLogits(Scope owner, LanguageModel model, MixPlan adapters, int vocabulary) {
    scope = owner.child("cut logits");
    all = new RowLogits(scope, model, List.of(adapters));
    cut =
        model.network().vocabulary() == vocabulary
            ? Optional.empty()
            : Optional.of(program(scope, vocabulary));
  }

  private static Program program(Scope scope, int vocabulary) {
    Graph graph = new Graph();
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return graph.inference(
        scope, List.of(graph.input("all", DType.F32, any).slice(1, 0, vocabulary)));
  }

  @Override
  public Tensor logits(Scope owner, List<TokenSequence> sequences) {
    List<Integer> rows = Collections.nCopies(sequences.size(), 0);
    if (cut.isEmpty()) {
      return all.of(owner, rows, sequences);
    }
    try (Scope work = scope.child("whole")) {
      return cut.get().run(owner, List.of(all.of(work, rows, sequences))).get(0);
    }
  }
}
