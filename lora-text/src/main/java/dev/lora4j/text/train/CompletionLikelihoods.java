package dev.lora4j.text.train;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/**
 * Log-probabilities of what is learned of sequences, summed over their tokens, beside those under a
 * reference. Where the reference is the base, it runs in the same program without the adapter: as a
 * fresh adapter changes nothing, both are equal to the last bit before the first step.
 */
final class CompletionLikelihoods {
  private final LanguageModel model;
  private final HeadUse head;
  private final boolean compares;
  private final Optional<KnownLikelihoods> known;
  private final Optional<TokenShares> shares;
  private final boolean weighs;

  /**
   * Likelihoods of a run.
   *
   * @param head use of the model's head
   * @param compares whether there is a reference
   * @param known likelihoods under it; empty if it is the base in the same program
   * @param shares at which tokens count; all alike if absent
   * @param weighs whether rows have weights by how near they are to what the model writes
   */
  CompletionLikelihoods(
      HeadUse head,
      boolean compares,
      Optional<KnownLikelihoods> known,
      Optional<TokenShares> shares,
      boolean weighs) {
    this.model = head.model();
    this.head = head;
    this.compares = compares;
    this.known = known;
    this.shares = shares;
    this.weighs = weighs;
  }

  /**
   * Staged log-probabilities.
   *
   * @param own with the adapter, [rows]
   * @param before under the reference, [rows], if there is one
   * @param counts tokens of each row that are learned, [rows]
   * @param whole those with the adapter if all tokens count alike, [rows]
   * @param weights of {@link dev.lora4j.text.align.PairWeighting#WPO}, [rows], without a gradient;
   *     absent if rows have none
   */
  record Staged(Expr own, Optional<Expr> before, Expr counts, Expr whole, Optional<Expr> weights) {}

  Staged stage(Staging at) {
    FrozenWeights frozen =
        new FrozenWeights(model.base().compute(), "", model.base().weights().forms());
    Function<Weights, List<Expr>> declared = declared(at);
    Shape any = Shape.of(Shape.UNKNOWN);
    Expr rows = at.graph().input("rows", DType.I64, any);
    Expr counts = at.graph().input("counts", DType.F64, any).to(at.type());
    Optional<Expr> share =
        shares.map(s -> at.graph().input("shares", DType.F64, any).to(at.type()));
    UnaryOperator<Expr> sums = each -> counts.mul(0).indexAdd(0, rows, each);
    UnaryOperator<Expr> counting = each -> sums.apply(share.map(each::mul).orElse(each));
    List<Expr> values =
        declared.apply(Weights.of(at.graph(), TextModel.MODEL, frozen, at.adapters()));
    Expr each = values.get(0);
    Expr own = counting.apply(each);
    Optional<Expr> before = Optional.empty();
    if (known.isPresent()) {
      before = Optional.of(at.graph().input("reference", DType.F64, any).to(at.type()));
    } else if (compares) {
      Weights base = Weights.of(at.graph(), TextModel.MODEL, frozen, LayerAdapters.NONE);
      before = Optional.of(counting.apply(declared.apply(base).get(0)).detach());
    }
    Expr whole = share.isPresent() ? sums.apply(each) : own;
    Optional<Expr> weights =
        weighs
            ? Optional.of(
                sums.apply(each.detach().sub(values.get(1))).div(counts.clampMin(1)).exp())
            : Optional.empty();
    return new Staged(own, before, counts, whole, weights);
  }

  /**
   * Declares the tokens; the result gives the log-likelihood of each that counts, and where rows
   * have weights the expected one of a token that the model draws there.
   */
  private Function<Weights, List<Expr>> declared(Staging at) {
    DType compute = model.base().compute();
    HeadChunks chunks = head.chunks(at);
    if (model.network() instanceof Seq2SeqNetwork both) {
      OutputLoss loss = OutputLoss.declare(at.graph(), both);
      return weights -> loss.values(both, weights, chunks, compute, at.type(), this::values);
    }
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss loss = NextTokenLoss.declare(at.graph());
    at.learnsAt(loss.places());
    return weights ->
        loss.values(
            network, weights, AttentionCache.WHOLE, chunks, compute, at.type(), this::values);
  }

  /** Log-likelihoods, and {@code log sum p(any)^2} without a gradient: each [places]. */
  private List<Expr> values(PlacedLogits places) {
    Expr each = places.unlikelihood(1).neg();
    return weighs
        ? List.of(each, places.logits().detach().logSoftmax(1).mul(2).over(1).logSumExp())
        : List.of(each);
  }

  /** Inputs for these sequences, in the order in which {@link #stage} declares them. */
  List<Tensor> inputs(Scope scope, List<TokenSequence> sequences) {
    int pad = model.tokenizer().special().padId();
    List<Tensor> inputs =
        new ArrayList<>(ScoredTokens.inputs(scope, sequences, pad, model.network()).values());
    long[] rows = ScoredTokens.rows(sequences);
    double[] counts = sequences.stream().mapToDouble(TokenSequence::learned).toArray();
    inputs.add(Tensor.ofLongs(scope, Shape.of(rows.length), rows));
    inputs.add(numbers(scope, counts));
    shares.ifPresent(
        of ->
            inputs.add(
                numbers(
                    scope,
                    sequences.stream().flatMapToDouble(s -> DoubleStream.of(of.of(s))).toArray())));
    known.ifPresent(reference -> inputs.add(numbers(scope, reference.of(sequences))));
    return inputs;
  }

  private static Tensor numbers(Scope scope, double[] values) {
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }
}
