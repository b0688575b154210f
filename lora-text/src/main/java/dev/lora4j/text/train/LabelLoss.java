package dev.lora4j.text.train;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.PaddedBatch;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.ClassLoss;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The class of each text, by cross entropy.
 *
 * @param model the model that learns
 */
record LabelLoss(TextClassifier model) implements SequenceLoss {
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
    ClassLoss loss = ClassLoss.declare(at.graph());
    if (at.purpose() == Staging.Purpose.CALIBRATION) {
      at.learnsAt(loss.tokens().places());
    }
    return StagedLoss.of(loss.stage(model.network(), weights, compute, at.type()));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> sequences) {
    long[] classes = sequences.stream().mapToLong(TokenSequence::label).toArray();
    List<Tensor> inputs = new ArrayList<>(texts(scope, sequences, tokenizer().special().padId()));
    inputs.add(Tensor.ofLongs(scope, Shape.of(classes.length), classes));
    return inputs;
  }

  /** Inputs of {@link dev.lora4j.text.network.EncoderInputs}, in their order. */
  static List<Tensor> texts(Scope scope, List<TokenSequence> sequences, int padId) {
    PaddedBatch batch = PaddedBatch.of(sequences, padId, 1);
    Shape shape = Shape.of(batch.rows(), batch.columns());
    long[] ids = IntStream.of(batch.ids()).asLongStream().toArray();
    long[] positions = new long[ids.length];
    long[] present = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      // As where texts are encoded, padding is at position 0; no token attends to it.
      boolean there = batch.present()[i] > 0;
      positions[i] = there ? i % batch.columns() : 0;
      present[i] = there ? 1 : 0;
    }
    return List.of(
        Tensor.ofLongs(scope, shape, ids),
        Tensor.ofLongs(scope, shape, positions),
        Tensor.ofLongs(scope, shape, new long[ids.length]),
        Tensor.ofLongs(scope, shape, present));
  }

  @Override
  public int learned(List<TokenSequence> sequences) {
    return sequences.size();
  }

  @Override
  public Map<String, String> metadata() {
    return AdapterClasses.metadata(model.labels());
  }
}
