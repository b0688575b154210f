package dev.lora4j.text.train;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.PaddedBatch;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.ClassLoss;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Texts with classes as a task of training: cross entropy of each text's class. */
final class ClassTask implements TrainingTask {
  /** So many tokens of a text stand for it in messages. */
  private static final int SHOWN = 16;

  private final TextClassifier model;
  private final AdapterPlan plan;
  private final SequenceBatches batches;
  private final List<List<TokenSequence>> heldOut;

  ClassTask(
      TextClassifier model,
      AdapterPlan plan,
      SequenceBatches batches,
      List<List<TokenSequence>> heldOut) {
    this.model = model;
    this.plan = plan;
    this.batches = batches;
    this.heldOut = heldOut;
  }

  @Override
  public AdapterPlan plan() {
    return plan;
  }

  @Override
  public DType compute() {
    return model.base().compute();
  }

  @Override
  public Expr loss(Staging at) {
    ClassLoss each = ClassLoss.declare(at.graph());
    Expr share = at.graph().input("share", DType.F32, Shape.of());
    Weights weights =
        Weights.of(at.graph(), TextModel.MODEL, new FrozenWeights(compute(), ""), at.adapters());
    return each.stage(model.network(), weights, compute(), at.type())
        .sum()
        .mul(share.to(at.type()));
  }

  @Override
  public Tensor weight(Site site) {
    return held(site.name().substring(TextModel.MODEL.length() + 1) + ".weight");
  }

  @Override
  public Tensor bias(Site site) {
    return held(site.name().substring(TextModel.MODEL.length() + 1) + ".bias");
  }

  @Override
  public Tensor held(String name) {
    return model.base().weights().tensor(name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    List<List<TokenSequence>> all = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      all.add(batches.batch(first + b));
    }
    // Each text of a step counts alike, in whichever of its batches it is.
    double share = (double) count / all.stream().mapToInt(List::size).sum();
    return all.stream().<TrainingBatch>map(b -> new Texts(b, share)).toList();
  }

  @Override
  public List<TrainingBatch> heldOut() {
    return heldOut.stream().<TrainingBatch>map(b -> new Texts(b, 1.0 / b.size())).toList();
  }

  @Override
  public String items() {
    return "texts";
  }

  @Override
  public Map<String, String> metadata() {
    return AdapterClasses.metadata(model.labels());
  }

  /** Texts that a step sees at once. */
  private final class Texts implements TrainingBatch {
    private final List<TokenSequence> sequences;
    private final double share;

    Texts(List<TokenSequence> sequences, double share) {
      this.sequences = sequences;
      this.share = share;
    }

    @Override
    public List<Tensor> inputs(Scope scope) {
      PaddedBatch batch = PaddedBatch.of(sequences, model.tokenizer().special().padId(), 1);
      Shape shape = Shape.of(batch.rows(), batch.columns());
      long[] ids = IntStream.of(batch.ids()).asLongStream().toArray();
      long[] positions = new long[ids.length];
      long[] present = new long[ids.length];
      for (int i = 0; i < ids.length; i++) {
        // As where texts are encoded, padding is at position 0; no token sees it.
        boolean there = batch.present()[i] > 0;
        positions[i] = there ? i % batch.columns() : 0;
        present[i] = there ? 1 : 0;
      }
      long[] classes = sequences.stream().mapToLong(TokenSequence::label).toArray();
      return List.of(
          Tensor.ofLongs(scope, shape, ids),
          Tensor.ofLongs(scope, shape, positions),
          Tensor.ofLongs(scope, shape, new long[ids.length]),
          Tensor.ofLongs(scope, shape, present),
          Tensor.ofLongs(scope, Shape.of(classes.length), classes),
          Tensor.scalar(scope, (float) share));
    }

    @Override
    public List<String> items() {
      return sequences.stream().map(this::begin).toList();
    }

    private String begin(TokenSequence sequence) {
      int[] first = Arrays.copyOf(sequence.ids(), Math.min(SHOWN, sequence.ids().length));
      return '"' + model.tokenizer().decode(first, true) + '"';
    }

    @Override
    public double weight() {
      return sequences.size();
    }
  }
}
