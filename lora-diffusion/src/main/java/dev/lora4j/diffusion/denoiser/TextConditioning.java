package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.Optional;

/**
 * The text that a denoiser attends to: one for the whole picture, or several, each for a share of
 * its places.
 *
 * @param context [batch, words, width], or [batch * contexts, words, width] with the contexts of a
 *     row one after the other
 * @param shares for each resolution how much of each context's attention counts at each place,
 *     [batch, contexts, places]; none if there is one context alone
 */
public record TextConditioning(Expr context, List<Expr> shares) {
  /** Copies the list. */
  public TextConditioning {
    shares = List.copyOf(shares);
  }

  /** One text for the whole picture. */
  public static TextConditioning of(Expr context) {
    return new TextConditioning(context, List.of());
  }

  /** The shares at a resolution, 0 being the finest; empty if there is one text alone. */
  public Optional<Expr> shares(int level) {
    return shares.isEmpty() ? Optional.empty() : Optional.of(shares.get(level));
  }
}
