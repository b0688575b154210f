package dev.lora4j.text.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loss of a sentence encoder by texts that belong together. The program has the anchors in its
 * first rows, then the positives in the same order, then the negatives.
 *
 * @param model the model that learns
 */
record MatchLoss(SentenceEncoder model, MatchedBatches texts, RankingObjective objective)
    implements SequenceLoss {
  static final String ENTRY = "lora4j_embedding";

  @Override
  public TextModel base() {
    return model.model().base();
  }

  @Override
  public TextTokenizer tokenizer() {
    return model.model().tokenizer();
  }

  @Override
  public StagedLoss stage(Staging at) {
    EncoderInputs tokens = EncoderInputs.declare(at.graph());
    if (at.purpose() == Staging.Purpose.CALIBRATION) {
      at.learnsAt(tokens.places());
    }
    Expr excluded =
        at.graph()
            .input("excluded", DType.F64, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN))
            .to(at.type());
    Expr hidden = model.model().network().hidden(weights(at), tokens, base().compute());
    Expr vectors = RankingObjective.normed(model.pooling().stage(tokens, hidden).to(at.type()));
    Dim anchors = excluded.dim(0);
    Expr asked = vectors.narrow(0, Dim.of(0), anchors);
    Expr documents = vectors.narrow(0, anchors, excluded.dim(1));
    Expr cosines = asked.matmul(documents.transpose(0, 1));
    Expr nearest = cosines.add(excluded).detach().over(1).max();
    Expr own = cosines.narrow(1, Dim.of(0), anchors).diagonal();
    return new StagedLoss(
        objective.each(cosines, excluded),
        Map.of("accuracy", own.detach().ge(nearest).to(at.type())));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> anchors) {
    List<TokenSequence> documents = texts.documents(anchors);
    List<TokenSequence> rows = new ArrayList<>(anchors);
    rows.addAll(documents);
    List<Tensor> inputs =
        new ArrayList<>(LabelLoss.texts(scope, rows, tokenizer().special().padId()));
    Shape shape = Shape.of(anchors.size(), documents.size());
    inputs.add(HostTensor.of(DType.F64, shape, texts.excluded(anchors)).on(scope));
    return inputs;
  }

  @Override
  public int length(TokenSequence anchor) {
    int longest =
        texts.of(anchor).documents().stream().mapToInt(TokenSequence::length).max().orElse(0);
    return Math.max(anchor.length(), longest);
  }

  @Override
  public int learned(List<TokenSequence> anchors) {
    return anchors.size();
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of(ENTRY, objective.canonical());
  }
}
