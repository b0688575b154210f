package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Texts of the rows of a batch. A row has one, or several, each of which counts in a share of the
 * picture's places. Each text has a stream of its own, which meets the one stream of the picture in
 * attention; what the picture gets of it is blended by the shares.
 *
 * @param shares how much each text counts at each place, [batch, contexts, places]; absent for one
 *     text each
 */
public record Contexts(Optional<Expr> shares) {
  /** How many texts each row has. */
  public Dim number() {
    return shares.map(s -> s.dim(1)).orElse(Dim.of(1));
  }

  /**
   * Each text of a row with the row's picture: [batch, heads, contexts * words + places, width] to
   * [batch * contexts, heads, words + places, width].
   *
   * @param words those of all texts of a row
   */
  public Expr apart(Expr x, Dim words) {
    Expr told =
        x.narrow(2, Dim.of(0), words)
            .reshape(x.dim(0), x.dim(1), number(), words.over(number()), x.dim(3))
            .permute(0, 2, 1, 3, 4)
            .flatten(0, 1);
    Expr seen = x.narrow(2, words, x.dim(2).minus(words));
    return told.cat(2, spread(seen));
  }

  /** Values of the rows for each of their texts: [batch, ...] to [batch * contexts, ...]. */
  public Expr spread(Expr x) {
    return shares.map(s -> spread(x, s)).orElse(x);
  }

  private static Expr spread(Expr x, Expr shares) {
    List<Dim> each = new ArrayList<>(List.of(x.dim(0), shares.dim(1)));
    List<Dim> joined = new ArrayList<>(List.of(Dim.of(-1)));
    for (int d = 1; d < x.shape().rank(); d++) {
      each.add(x.dim(d));
      joined.add(x.dim(d));
    }
    return x.unsqueeze(1).expand(each.toArray(Dim[]::new)).reshape(joined.toArray(Dim[]::new));
  }

  /**
   * Outputs of all texts, blended by their shares: [batch * contexts, places, width] to [batch,
   * ...].
   */
  public Expr blended(Expr all) {
    return shares.map(s -> blended(all, s)).orElse(all);
  }

  private static Expr blended(Expr all, Expr shares) {
    return all.reshape(shares.dim(0), shares.dim(1), all.dim(1), all.dim(2))
        .mul(shares.to(all.dtype()).unsqueeze(-1))
        .over(1)
        .sum();
  }
}
