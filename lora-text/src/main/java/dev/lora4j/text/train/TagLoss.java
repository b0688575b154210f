package dev.lora4j.text.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TokenClassifier;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The class of each word, by cross entropy at its first token.
 *
 * @param model the model that learns
 */
record TagLoss(TokenClassifier model, TaggedBatches texts) implements SequenceLoss {
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
    EncoderInputs tokens = EncoderInputs.declare(at.graph());
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Expr tags = at.graph().input("tags", DType.I64, any).flatten(0, 1);
    if (at.purpose() == Staging.Purpose.CALIBRATION) {
      at.learnsAt(tokens.places());
    }
    var weights = weights(at);
    Expr hidden = model.network().hidden(weights, tokens, base().compute());
    Expr logits = model.network().logits(weights, tokens, hidden).to(at.type()).flatten(0, 1);
    Expr right = logits.detach().argmax(1).eq(tags);
    return new StagedLoss(
        logits.crossEntropyEach(1, tags, TaggedText.IGNORED, 0),
        Map.of("accuracy", right.to(at.type())));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> sequences) {
    List<Tensor> inputs =
        new ArrayList<>(LabelLoss.texts(scope, sequences, tokenizer().special().padId()));
    int columns = sequences.stream().mapToInt(TokenSequence::length).max().orElse(0);
    long[] tags = new long[sequences.size() * columns];
    for (int row = 0; row < sequences.size(); row++) {
      System.arraycopy(
          texts.of(sequences.get(row)).targets(columns), 0, tags, row * columns, columns);
    }
    inputs.add(Tensor.ofLongs(scope, Shape.of(sequences.size(), columns), tags));
    return inputs;
  }

  @Override
  public int learned(List<TokenSequence> sequences) {
    return sequences.stream().mapToInt(s -> texts.of(s).words()).sum();
  }

  @Override
  public Map<String, String> metadata() {
    return AdapterClasses.metadataOfWords(model.tags());
  }
}
