package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.text.bert.DebertaConfig.Distances;
import dev.lora4j.text.network.EncoderInputs;
import java.util.Optional;

/**
 * Attention with disentangled terms (He et al. 2021, equation 4): scores of contents, of a token's
 * content with the vector of a key's distance, and of that of the token's distance with a key's
 * content.
 *
 * @param seen mask of the keys, BOOL [batch, 1, 1, tokens]
 * @param table of distances, if they count
 */
record DisentangledAttention(DebertaConfig config, Expr seen, Optional<Table> table) {
  /**
   * Vectors of distances.
   *
   * @param vectors [1, distances, width], the same for all rows
   * @param entries I64 [batch, 1, tokens, keys]: which of them is that of a token and a key
   */
  record Table(Expr vectors, Expr entries) {}

  /** Stages what all layers share. */
  static DisentangledAttention of(
      DebertaConfig config, Weights encoder, EncoderInputs tokens, DType compute) {
    return new DisentangledAttention(
        config,
        tokens.seen(),
        config
            .distances()
            .map(d -> new Table(vectors(config, d, encoder, compute), entries(d, tokens))));
  }

  private static Expr vectors(
      DebertaConfig config, Distances distances, Weights encoder, DType compute) {
    int count = Math.multiplyExact(2, distances.span());
    Expr all = Constants.arange(encoder.graph(), DType.I64, Dim.of(count));
    Expr vectors = encoder.embedding("rel_embeddings", all, count, config.width()).to(compute);
    Expr normed =
        distances.normed() ? encoder.layerNorm("LayerNorm", vectors, config.epsilon()) : vectors;
    return normed.unsqueeze(0);
  }

  private static Expr entries(Distances distances, EncoderInputs tokens) {
    Expr places = tokens.tokens().positions().unsqueeze(1);
    Expr apart = places.unsqueeze(3).sub(places.unsqueeze(2));
    int span = distances.span();
    return bucket(distances, apart).add(span).clamp(0, 2.0 * span - 1);
  }

  /** Distances that share a vector get one number, in F32 as transformers has it. */
  static Expr bucket(Distances distances, Expr apart) {
    if (!distances.buckets()) {
      return apart;
    }
    Graph graph = apart.graph();
    int exact = distances.span() / 2;
    double most = (distances.furthest() - 1) / (double) exact;
    Expr far = apart.abs();
    Expr share =
        far.clampMin(1).to(DType.F32).div(exact).log().div(graph.constant(most, DType.F32).log());
    Expr wide = share.mul(exact - 1.0).ceil().add(exact).to(DType.I64);
    return apart.where(far.le(exact), wide.mul(apart.sign()));
  }

  /**
   * Attention of a layer; x: [batch, tokens, width].
   *
   * @param at the layer's projections
   */
  Expr of(Weights at, Expr x) {
    Expr q = heads(at, "query_proj", x);
    Expr k = heads(at, "key_proj", x);
    Expr v = heads(at, "value_proj", x);
    double each = (double) config.width() / config.heads();
    double scale = 1 / Math.sqrt(each * config.terms().count());
    Expr mask = distant(at, q, k).map(d -> hidden(d.mul(scale))).orElse(seen);
    return q.attend(k, v, Attention.PLAIN.masked(mask).scaled(scale)).joinHeads();
  }

  private Expr hidden(Expr scores) {
    return scores.maskedFill(seen.not(), Double.NEGATIVE_INFINITY);
  }

  /** Scores of distances before they are scaled, [batch, heads, tokens, keys]. */
  private Optional<Expr> distant(Weights at, Expr q, Expr k) {
    Optional<Expr> toPosition =
        table
            .filter(t -> config.terms().toPosition())
            .map(t -> q.matmul(turned(positions(at, "key", t))).takeAlong(3, t.entries()));
    Optional<Expr> toContent =
        table
            .filter(t -> config.terms().toContent())
            .map(t -> positions(at, "query", t).matmul(turned(k)).takeAlong(2, t.entries()));
    return toPosition.isPresent() && toContent.isPresent()
        ? Optional.of(toPosition.get().add(toContent.get()))
        : toPosition.or(() -> toContent);
  }

  /** Vectors of distances as keys or queries, [1, heads, distances, width of a head]. */
  private Expr positions(Weights at, String kind, Table of) {
    boolean shared = config.distances().map(Distances::shared).orElse(false);
    return shared
        ? heads(at.use(1), kind + "_proj", of.vectors())
        : heads(at, "pos_" + kind + "_proj", of.vectors());
  }

  private static Expr turned(Expr x) {
    return x.transpose(2, 3);
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, config.width()).splitHeads(config.heads());
  }
}
