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
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.HeadChunks;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.PlacedLogits;
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
  private final HeadUse head;
  private final Distillation distillation;
  private final RowLogits teachers;

  /**
   * Teachers on a base.
   *
   * @param owner of what is stacked of their factors
   */
  DivergenceLoss(Scope owner, HeadUse head, Distillation distillation) {
    this.model = head.model();
    this.head = head;
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
    HeadChunks chunks = head.chunks(at);
    if (model.network() instanceof Seq2SeqNetwork both) {
      OutputLoss asked = OutputLoss.declare(at.graph(), both);
      Expr teacher = teacher(at);
      return StagedLoss.of(
          asked
              .values(both, weights, chunks, compute, at.type(), places -> from(places, teacher))
              .get(0));
    }
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss asked = NextTokenLoss.declare(at.graph());
    Expr teacher = teacher(at);
    at.learnsAt(asked.places());
    return StagedLoss.of(
        asked
            .values(
                network,
                weights,
                AttentionCache.WHOLE,
                chunks,
                compute,
                at.type(),
                places -> from(places, teacher))
            .get(0));
  }

  /** Divergence at some places from the teacher. */
  private List<Expr> from(PlacedLogits places, Expr teacher) {
    Expr there = places.part().apply(teacher).to(places.logits().dtype());
    return List.of(distillation.divergence().stage(places.logits(), there));
  }

  private Expr teacher(Staging at) {
    Shape logits = Shape.of(Shape.UNKNOWN, model.network().vocabulary());
    return at.graph().input("teacher", DType.F32, logits);
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
