package dev.lora4j.text.train;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.RowLogits;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Divergence, at each learned token, of what the student says next from what the text's own teacher
 * says, on the same base. Teachers of one batch say it in one run.
 */
final class DivergenceLoss implements SequenceLoss {
  private final LanguageModel model;
  private final Distillation distillation;
  private final RowLogits teachers;

  /**
   * Teachers on a base.
   *
   * @param owner of what is stacked of their factors
   */
  DivergenceLoss(Scope owner, LanguageModel model, Distillation distillation) {
    this.model = model;
    this.distillation = distillation;
    teachers =
        new RowLogits(
            owner, model, distillation.teachers().stream().map(TextTeacher::plan).toList());
  }

  @Override
  public TextModel base() {
    return model.base();
  }

  @Override
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  @Override
  public StagedLoss stage(Staging at) {
    DType compute = base().compute();
    Weights weights = weights(at);
    if (model.network() instanceof Seq2SeqNetwork both) {
      OutputLoss asked = OutputLoss.declare(at.graph());
      Expr teacher = teacher(at);
      return StagedLoss.of(
          distillation
              .divergence()
              .stage(asked.logits(both, weights, compute, at.type()), teacher));
    }
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss asked = NextTokenLoss.declare(at.graph());
    Expr teacher = teacher(at);
    at.learnsAt(asked.places());
    return StagedLoss.of(
        distillation
            .divergence()
            .stage(asked.logits(network, weights, compute, at.type()), teacher));
  }

  private Expr teacher(Staging at) {
    Shape logits = Shape.of(Shape.UNKNOWN, model.network().vocabulary());
    return at.graph().input("teacher", DType.F32, logits).to(at.type());
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> sequences) {
    int pad = tokenizer().special().padId();
    List<Tensor> all =
        new ArrayList<>(ScoredTokens.inputs(scope, sequences, pad, model.network()).values());
    List<Distillation.Lesson> lessons = sequences.stream().map(distillation::lesson).toList();
    all.add(
        teachers.of(
            scope,
            lessons.stream().map(Distillation.Lesson::teacher).toList(),
            lessons.stream().map(Distillation.Lesson::own).toList()));
    return all;
  }

  @Override
  public int learned(List<TokenSequence> sequences) {
    return ScoredTokens.count(sequences);
  }

  @Override
  public Map<String, String> metadata() {
    return distillation.metadata();
  }
}
