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
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.LearnedTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Texts as a task of training: each learned token is foretold from those before it, and from the
 * input where there is one.
 */
final class TextTask implements TrainingTask {
  /** So many tokens of an example stand for it in messages. */
  private static final int SHOWN = 16;

  private final LanguageModel model;
  private final AdapterPlan plan;
  private final SequenceBatches batches;
  private final List<List<TokenSequence>> heldOut;
  private final Map<String, String> metadata;

  TextTask(
      LanguageModel model,
      AdapterPlan plan,
      SequenceBatches batches,
      List<List<TokenSequence>> heldOut,
      Map<String, String> metadata) {
    this.model = model;
    this.plan = plan;
    this.batches = batches;
    this.heldOut = heldOut;
    this.metadata = metadata;
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
    Expr each = each(at);
    Expr share = at.graph().input("share", DType.F32, Shape.of());
    return each.sum().mul(share.to(at.type()));
  }

  private Expr each(Staging at) {
    Weights weights =
        Weights.of(at.graph(), TextModel.MODEL, new FrozenWeights(compute(), ""), at.adapters());
    if (model.network() instanceof Seq2SeqNetwork both) {
      return OutputLoss.declare(at.graph()).stage(both, weights, compute(), at.type());
    }
    CausalNetwork network = (CausalNetwork) model.network();
    return NextTokenLoss.declare(at.graph()).stage(network, weights, compute(), at.type());
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
    return together(all);
  }

  /** Batches of one step, of which each token counts alike, in whichever of them it is. */
  List<TrainingBatch> together(List<List<TokenSequence>> all) {
    int tokens = all.stream().mapToInt(LearnedTokens::count).sum();
    double share = (double) all.size() / tokens;
    return all.stream().<TrainingBatch>map(b -> new Texts(b, share)).toList();
  }

  @Override
  public List<TrainingBatch> heldOut() {
    return heldOut.stream()
        .<TrainingBatch>map(b -> new Texts(b, 1.0 / LearnedTokens.count(b)))
        .toList();
  }

  @Override
  public String items() {
    return "texts";
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
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
      int pad = model.tokenizer().special().padId();
      List<Tensor> all =
          new ArrayList<>(LearnedTokens.inputs(scope, sequences, pad, model.network()).values());
      all.add(Tensor.scalar(scope, (float) share));
      return all;
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
      return LearnedTokens.count(sequences);
    }
  }
}
