package dev.lora4j.text.train;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.PackedBatch;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.PlacedLogits;
import dev.lora4j.text.network.SegmentedTokens;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.List;
import java.util.Map;

/**
 * Loss of each learned token, predicted from those before it, and from the input where there is
 * one.
 *
 * @param model the trained model
 * @param head use of its head
 * @param packed whether sequences lie one behind the other in few rows; of a causal model alone
 */
record TokenLoss(LanguageModel model, HeadUse head, boolean packed) implements SequenceLoss {
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
      OutputLoss loss = OutputLoss.declare(at.graph(), both);
      return StagedLoss.of(
          loss.values(both, weights, head.chunks(at), compute, at.type(), TokenLoss::of).get(0));
    }
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss loss = NextTokenLoss.declare(at.graph());
    at.learnsAt(loss.places());
    AttentionCache memory =
        packed ? SegmentedTokens.packed(loss.tokens().positions()) : AttentionCache.WHOLE;
    return StagedLoss.of(
        loss.values(network, weights, memory, head.chunks(at), compute, at.type(), TokenLoss::of)
            .get(0));
  }

  private static List<Expr> of(PlacedLogits at) {
    return List.of(at.unlikelihood(1));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> sequences) {
    int pad = tokenizer().special().padId();
    if (packed) {
      return inputs(scope, PackedBatch.of(sequences, pad));
    }
    return List.copyOf(ScoredTokens.inputs(scope, sequences, pad, model.network()).values());
  }

  private static List<Tensor> inputs(Scope scope, PackedBatch batch) {
    Shape shape = Shape.of(batch.rows(), batch.columns());
    Shape learned = Shape.of(batch.places().length);
    return List.of(
        Tensor.ofLongs(scope, shape, batch.ids()),
        Tensor.ofLongs(scope, shape, batch.positions()),
        Tensor.ofLongs(scope, learned, batch.places()),
        Tensor.ofLongs(scope, learned, batch.targets()));
  }

  @Override
  public int learned(List<TokenSequence> sequences) {
    return ScoredTokens.count(sequences);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }
}
