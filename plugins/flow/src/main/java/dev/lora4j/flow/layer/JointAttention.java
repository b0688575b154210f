package dev.lora4j.flow.layer;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.Optional;

/**
 * Attention in which the words and the places of a picture see each other and themselves (Esser et
 * al. 2024, figure 2), each stream with layers of its own.
 *
 * @param heads heads of both streams
 * @param normed whether queries and keys are normalised, head by head
 * @param biased whether its linear layers have biases
 * @param rotation of the picture's queries and keys by their places; none if positions are added to
 *     the tokens
 * @param wordRotation of the words' queries and keys, of the tokens of one text; none if they do
 *     not turn
 */
public record JointAttention(
    int heads,
    boolean normed,
    boolean biased,
    Optional<AxialRotary.Rotation> rotation,
    Optional<AxialRotary.Rotation> wordRotation) {
  private static final double EPSILON = 1e-6;
  private static final int PARTS = 3;

  /** Attention with biases, of words that do not turn. */
  public JointAttention(int heads, boolean normed, Optional<AxialRotary.Rotation> rotation) {
    this(heads, normed, true, rotation, Optional.empty());
  }

  /** Attention whose tokens have their positions already. */
  public JointAttention(int heads, boolean normed) {
    this(heads, normed, Optional.empty());
  }

  /** Queries, keys and values, [batch, heads, tokens, width of a head]. */
  private record Projected(Expr q, Expr k, Expr v) {
    Projected turned(Optional<AxialRotary.Rotation> by) {
      return by.map(r -> new Projected(r.of(q), r.of(k), v)).orElse(this);
    }
  }

  /**
   * Attention of both streams.
   *
   * @param x both streams, normalised
   * @param wordsEnd whether the words' stream ends here, so that nothing more is made of it
   * @return picture and words after their last layers, of the same shapes; words as they came out
   *     of attention if their stream ends
   */
  public Streams joint(Weights at, Streams x, Contexts contexts, boolean wordsEnd) {
    Expr picture = x.picture();
    Expr words = x.words();
    long width = picture.shape().size(2);
    Projected own = own(at, picture).turned(rotation);
    Projected others =
        projected(
                at, words, "add_q_proj", "add_k_proj", "add_v_proj", "norm_added_q", "norm_added_k")
            .turned(wordRotation);
    Expr q = contexts.spread(own.q()).cat(2, others.q());
    Expr k = contexts.spread(own.k()).cat(2, others.k());
    Expr v = contexts.spread(own.v()).cat(2, others.v());
    Expr all = q.attend(k, v).joinHeads();
    Dim places = picture.dim(1);
    Expr seen = contexts.blended(all.narrow(1, Dim.of(0), places));
    Expr told = all.narrow(1, places, words.dim(1));
    return new Streams(
        at.linear("to_out.0", seen, width, biased),
        wordsEnd ? told : at.linear("to_add_out", told, width, biased));
  }

  /** Attention of the picture alone, [batch, places, width]. */
  public Expr alone(Weights at, Expr picture) {
    Projected own = own(at, picture).turned(rotation);
    Expr all = own.q().attend(own.k(), own.v()).joinHeads();
    return at.linear("to_out.0", all, picture.shape().size(2), biased);
  }

  /**
   * Attention of one stream in which words and picture have the same layers, without a last layer.
   *
   * @param x [batch, contexts * words + places, width], normalised, the texts of a row one after
   *     the other
   * @return of the same shape
   */
  public Expr single(Weights at, Expr x, Contexts contexts, Dim places) {
    return single(own(at, x), x, contexts, places);
  }

  /**
   * The same, of queries, keys and values that one layer has made.
   *
   * @param qkv them side by side, [batch, contexts * words + places, 3 * width]
   * @param at of the norms {@code norm_q} and {@code norm_k}
   */
  public Expr fused(Weights at, Expr qkv, Contexts contexts, Dim places) {
    List<Expr> parts = qkv.chunk(PARTS, -1);
    Projected all =
        normed(
            at,
            "norm_q",
            "norm_k",
            parts.get(0).splitHeads(heads),
            parts.get(1).splitHeads(heads),
            parts.get(2).splitHeads(heads));
    return single(all, parts.get(0), contexts, places);
  }

  private Expr single(Projected given, Expr x, Contexts contexts, Dim places) {
    Dim words = x.dim(1).minus(places);
    Projected all = given.turned(rotation.map(r -> behind(r, words, contexts)));
    if (contexts.shares().isEmpty()) {
      return all.q().attend(all.k(), all.v()).joinHeads();
    }
    Dim each = words.over(contexts.number());
    Expr q = contexts.apart(all.q(), words);
    Expr k = contexts.apart(all.k(), words);
    Expr v = contexts.apart(all.v(), words);
    Expr attended = q.attend(k, v).joinHeads();
    Expr told = attended.narrow(1, Dim.of(0), each);
    Expr seen = contexts.blended(attended.narrow(1, each, places));
    return told.reshape(x.dim(0), Dim.of(-1), x.dim(2)).cat(1, seen);
  }

  /** Rotation of the words of all texts and of the picture behind them. */
  private AxialRotary.Rotation behind(AxialRotary.Rotation picture, Dim words, Contexts contexts) {
    return wordRotation
        .map(told -> told.repeated(contexts.number()).before(picture))
        .orElseGet(() -> picture.behind(words));
  }

  private Projected own(Weights at, Expr x) {
    return projected(at, x, "to_q", "to_k", "to_v", "norm_q", "norm_k");
  }

  private Projected projected(
      Weights at, Expr x, String q, String k, String v, String normQ, String normK) {
    long width = x.shape().size(2);
    return normed(
        at,
        normQ,
        normK,
        at.linear(q, x, width, biased).splitHeads(heads),
        at.linear(k, x, width, biased).splitHeads(heads),
        at.linear(v, x, width, biased).splitHeads(heads));
  }

  private Projected normed(
      Weights at, String normQ, String normK, Expr queries, Expr keys, Expr values) {
    return normed
        ? new Projected(
            at.rmsNorm(normQ, queries, EPSILON), at.rmsNorm(normK, keys, EPSILON), values)
        : new Projected(queries, keys, values);
  }
}
