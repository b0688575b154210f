package dev.lora4j.text.train;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Loss of pairs. The program has the chosen completions in its first rows and the rejected ones in
 * the others. Where the objective has a reference and the adapter is a fresh one, the base runs in
 * the same program without it: as a fresh adapter changes nothing, both are equal to the last bit
 * before the first step.
 */
final class PreferencePairLoss implements SequenceLoss {
  private static final Shape PAIRS = Shape.of(2, Shape.UNKNOWN);

  private final LanguageModel model;
  private final Preferences preferences;
  private final Optional<FrozenReference> reference;

  /**
   * Loss of a run.
   *
   * @param reference an adapter that the run begins with; empty if it begins with a fresh one, or
   *     the objective has no reference
   */
  PreferencePairLoss(
      LanguageModel model, Preferences preferences, Optional<FrozenReference> reference) {
    this.model = model;
    this.preferences = preferences;
    this.reference = reference;
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
    FrozenWeights frozen = new FrozenWeights(compute, "", base().weights().forms());
    Function<Weights, Expr> unlikelihood = declared(at);
    Expr rows = at.graph().input("rows", DType.I64, Shape.of(Shape.UNKNOWN));
    Expr counts = at.graph().input("counts", DType.F64, PAIRS).to(at.type());
    Function<Weights, Expr> likelihood =
        weights -> {
          Expr each = unlikelihood.apply(weights).neg();
          return counts.flatten(0, 1).mul(0).indexAdd(0, rows, each).reshape(2, -1);
        };
    Expr own = likelihood.apply(Weights.of(at.graph(), TextModel.MODEL, frozen, at.adapters()));
    Optional<Expr> before = Optional.empty();
    if (reference.isPresent()) {
      before = Optional.of(at.graph().input("reference", DType.F64, PAIRS).to(at.type()));
    } else if (preferences.objective().compares()) {
      Weights base = Weights.of(at.graph(), TextModel.MODEL, frozen, (layer, x) -> layer.output(x));
      before = Optional.of(likelihood.apply(base).detach());
    }
    return staged(own, before, counts);
  }

  /** Declares the tokens; the result gives the negative log-likelihood of each that counts. */
  private Function<Weights, Expr> declared(Staging at) {
    DType compute = base().compute();
    if (model.network() instanceof Seq2SeqNetwork both) {
      OutputLoss loss = OutputLoss.declare(at.graph());
      return weights -> loss.stage(both, weights, compute, at.type());
    }
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss loss = NextTokenLoss.declare(at.graph());
    at.learnsAt(loss.places());
    return weights -> loss.stage(network, weights, compute, at.type());
  }

  private StagedLoss staged(Expr own, Optional<Expr> before, Expr counts) {
    PreferenceObjective objective = preferences.objective();
    CompletionScores chosen = side(own, before, counts, 0);
    CompletionScores rejected = side(own, before, counts, 1);
    Expr good = objective.reward(chosen);
    Expr bad = objective.reward(rejected);
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("rewards/accuracies", good.gt(bad).to(own.dtype()));
    measures.put("rewards/margins", good.sub(bad));
    measures.put("rewards/chosen", good);
    measures.put("rewards/rejected", bad);
    measures.put("logps/chosen", chosen.likelihood());
    measures.put("logps/rejected", rejected.likelihood());
    return new StagedLoss(
        objective.each(new PairScores(chosen, rejected, objective.divergence())), measures);
  }

  private static CompletionScores side(Expr own, Optional<Expr> before, Expr counts, int number) {
    return new CompletionScores(
        own.select(0, number), before.map(all -> all.select(0, number)), counts.select(0, number));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> chosen) {
    List<TokenSequence> all = preferences.rows(chosen);
    int pad = tokenizer().special().padId();
    List<Tensor> inputs =
        new ArrayList<>(ScoredTokens.inputs(scope, all, pad, model.network()).values());
    long[] rows = new long[ScoredTokens.count(all)];
    double[] counts = new double[all.size()];
    int at = 0;
    for (int row = 0; row < counts.length; row++) {
      counts[row] = all.get(row).learned();
      for (int i = 0; i < all.get(row).learned(); i++) {
        rows[at++] = row;
      }
    }
    Shape pairs = Shape.of(2, chosen.size());
    inputs.add(Tensor.ofLongs(scope, Shape.of(rows.length), rows));
    inputs.add(HostTensor.of(DType.F64, pairs, counts).on(scope));
    reference.ifPresent(
        frozen -> inputs.add(HostTensor.of(DType.F64, pairs, frozen.likelihoods(all)).on(scope)));
    return inputs;
  }

  @Override
  public int learned(List<TokenSequence> chosen) {
    return chosen.size();
  }

  @Override
  public Map<String, String> metadata() {
    return preferences.metadata();
  }
}
