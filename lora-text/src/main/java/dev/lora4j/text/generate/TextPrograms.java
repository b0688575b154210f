package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.AdaptedNetworks;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.Seq2SeqNetwork;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The compiled programs of one model, each made at its first use and then cached. A program depends
 * on the sites of unmerged adapters, not on the adapters.
 */
public abstract sealed class TextPrograms permits CausalPrograms, Seq2SeqPrograms {
  private final TextModel base;
  private final MergedParameter patch;
  private final StackedFactors factors;
  private final CacheReordering rows;
  private final AdaptedNetworks networks;

  TextPrograms(Scope scope, TextModel base) {
    this.base = base;
    this.patch = new MergedParameter(scope);
    this.factors = scope.own(StackedFactors.besides(base.weights(), scope, patch, base.compute()));
    this.networks = new AdaptedNetworks(scope, base);
    this.rows = new CacheReordering(scope, base.compute());
  }

  /** For a model, owned by {@code scope}; empty if its network writes no texts. */
  public static Optional<TextPrograms> of(Scope scope, TextModel base) {
    if (base.network() instanceof CausalNetwork causal) {
      return Optional.of(new CausalPrograms(scope, base, causal));
    } else if (base.network() instanceof Seq2SeqNetwork both) {
      return Optional.of(new Seq2SeqPrograms(scope, base, both));
    }
    return Optional.empty();
  }

  /**
   * Negative log-likelihoods of the target tokens: F32 [n]. Its inputs are those of {@link
   * dev.lora4j.text.network.NextTokenLoss} or {@link dev.lora4j.text.network.OutputLoss}.
   *
   * @param unmergedSites sites with unmerged adapters
   */
  public abstract Network score(Set<String> unmergedSites);

  /**
   * {@link #score(Set)} of the distribution that tokens are drawn from.
   *
   * @param temperature what logits are divided by, above 0
   */
  public abstract Network score(Set<String> unmergedSites, double temperature);

  /**
   * Logits of the tokens to come at the places that count: F32 [n, vocabulary]. Its inputs are
   * those of {@link #score}.
   *
   * @param unmergedSites sites with unmerged adapters
   */
  public abstract Network logits(Set<String> unmergedSites);

  /**
   * Reads the prompts of a batch.
   *
   * @param copies rows of each start
   */
  abstract Decoding begin(AdaptedBatch batch, int copies);

  final TextModel base() {
    return base;
  }

  /** The program that merges adapters into a parameter. */
  public final MergedParameter patch() {
    return patch;
  }

  /** Factors of adapters that were used, as far as there is room: a quarter of the base's. */
  public final StackedFactors factors() {
    return factors;
  }

  /**
   * Prepares stacked factors and programs for batches with these mixes, so that none waits for
   * them.
   *
   * @param mixes of all rows
   */
  public final void prepare(List<MixPlan> mixes) {
    BatchMix mix = AdaptedBatch.mix(base, mixes);
    factors.of(mix).close();
    compile(mix.unmergedSites());
  }

  /** Compiles the programs of prefill and decode. */
  abstract void compile(Set<String> unmergedSites);

  final CacheReordering rows() {
    return rows;
  }

  /**
   * A program with unmerged adapters at these sites.
   *
   * @param kind tells it from the base's others
   * @param staging stages the outputs
   */
  final Network program(
      String kind, Set<String> unmergedSites, BiFunction<Graph, Weights, List<Expr>> staging) {
    return networks.of(kind, unmergedSites, staging);
  }

  /**
   * A program whose rows each have adapters of their own.
   *
   * @param kind tells it from the base's others
   * @param sites layers with adapters, in the order of {@link dev.lora4j.core.mix.RowFactors#sites}
   * @param staging stages the outputs
   */
  final Network rowProgram(
      String kind, List<Site> sites, BiFunction<Graph, Weights, List<Expr>> staging) {
    return networks.ofRows(kind, sites, staging);
  }
}
