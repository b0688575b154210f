package dev.lora4j.text.encode;

import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.model.AdaptedNetworks;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * The compiled programs of one encoder, each made at its first use and then cached. A program
 * depends on the sites of unmerged adapters, not on the adapters.
 */
public final class EncoderPrograms {
  /** Name of the input F32 [batch, tokens, width] of a head. */
  static final String HIDDEN = "hidden";

  private static final Shape ANY = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);

  private final Scope scope;
  private final TextModel base;
  private final EncoderNetwork network;
  private final MergedParameter patch;
  private final StackedFactors factors;
  private final AdaptedNetworks networks;
  private final Map<EncoderOutput, Set<String>> headSites = new ConcurrentHashMap<>();

  /** For a base, owned by {@code scope}. */
  public EncoderPrograms(Scope scope, TextModel base, EncoderNetwork network) {
    this.scope = scope;
    this.base = base;
    this.network = network;
    this.networks = new AdaptedNetworks(scope, base);
    this.patch = new MergedParameter(scope);
    this.factors = scope.own(StackedFactors.besides(base.weights(), scope, patch, base.compute()));
  }

  Scope scope() {
    return scope;
  }

  TextModel base() {
    return base;
  }

  EncoderNetwork network() {
    return network;
  }

  MergedParameter patch() {
    return patch;
  }

  /** Factors of adapters that were used, as far as there is room: a quarter of the base's. */
  public StackedFactors factors() {
    return factors;
  }

  /**
   * The program that gives an output of each row, F32 [batch, ...]; vectors of tokens are as many
   * for each row as the longest has.
   *
   * @throws ModelException if the model has not got what it takes
   */
  Network of(EncoderOutput output, Set<String> unmergedSites) {
    require(output);
    return networks.of(
        output.name(),
        unmergedSites,
        (graph, weights) -> {
          EncoderInputs tokens = EncoderInputs.declare(graph);
          Expr hidden = network.hidden(weights, tokens, base.compute());
          return List.of(staged(output, weights, tokens, hidden).to(DType.F32));
        });
  }

  /**
   * The program that gives an output of rows whose last layer's output it reads, {@link #HIDDEN}:
   * the head alone, without unmerged adapters.
   */
  Network head(EncoderOutput output) {
    require(output);
    return networks.of(
        "head of " + output.name(),
        Set.of(),
        (graph, weights) -> {
          EncoderInputs tokens = EncoderInputs.declare(graph);
          return List.of(staged(output, weights, tokens, hiddenInput(weights)).to(DType.F32));
        });
  }

  /** Layers that an output's {@linkplain #head head} has and the layers before it have not. */
  Set<String> headSites(EncoderOutput output) {
    return headSites.computeIfAbsent(
        output,
        o -> {
          Set<String> behind = sites((w, tokens) -> staged(o, w, tokens, hiddenInput(w)));
          behind.removeAll(sites((w, tokens) -> network.hidden(w, tokens, base.compute())));
          return Set.copyOf(behind);
        });
  }

  private Expr hiddenInput(Weights weights) {
    return weights.graph().input(HIDDEN, DType.F32, ANY).to(base.compute());
  }

  private Set<String> sites(BiFunction<Weights, EncoderInputs, Expr> staging) {
    Set<String> names = new TreeSet<>();
    SiteAdapters collecting =
        (site, x, y) -> {
          names.add(site.name());
          return y;
        };
    Network.walk(
        TextModel.MODEL,
        base.compute(),
        (graph, weights) -> {
          EncoderInputs tokens = EncoderInputs.declare(graph);
          return List.of(staging.apply(weights.apply(collecting), tokens));
        });
    return names;
  }

  private Expr staged(EncoderOutput output, Weights weights, EncoderInputs tokens, Expr hidden) {
    return switch (output) {
      case TOKENS -> hidden;
      case FIRST, LAST, MEAN -> output.pooled(tokens, hidden);
      case POOLED -> network.pooled(weights, hidden);
      case LABELS, TAGS -> network.logits(weights, tokens, hidden);
    };
  }

  private void require(EncoderOutput output) {
    if (output == EncoderOutput.LABELS && network.labels().isEmpty()) {
      throw new ModelException(
          base.path()
              + " was saved without a head that tells classes apart; load it with a new head for as"
              + " many classes as there are, and train that.");
    }
    if ((output == EncoderOutput.TAGS && !network.perToken())
        || (output == EncoderOutput.LABELS && network.perToken())) {
      throw new ModelException(
          base.path()
              + (network.perToken()
                  ? " has a head that tells classes of words, not those of whole texts."
                  : " has no head that tells classes of words."));
    }
    if (output == EncoderOutput.POOLED && !(network.pooler() && base.whole())) {
      throw new ModelException(
          base.path() + " has no pooler; take the mean of its tokens or the first of them.");
    }
  }
}
