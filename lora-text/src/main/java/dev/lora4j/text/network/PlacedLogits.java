package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Expr;
import java.util.function.UnaryOperator;

/**
 * Logits of some of the places that a loss asks for.
 *
 * @param logits [some, vocabulary]
 * @param targets I64 [some], the tokens to come there
 * @param part takes the rows of these places of what has a row for each place
 */
public record PlacedLogits(Expr logits, Expr targets, UnaryOperator<Expr> part) {
  /**
   * Negative logarithm of each target's probability, [some].
   *
   * @param temperature what the logits are divided by
   */
  public Expr unlikelihood(double temperature) {
    return scaled(temperature).crossEntropyEach(1, targets, -100, 0);
  }

  /**
   * Entropy of the distribution of each next token, in nats, [some].
   *
   * @param temperature what the logits are divided by
   */
  public Expr entropy(double temperature) {
    Expr logs = scaled(temperature).logSoftmax(1);
    return logs.exp().mul(logs).over(1).sum().neg();
  }

  /** The same without a gradient. */
  public PlacedLogits detached() {
    return new PlacedLogits(logits.detach(), targets, part);
  }

  private Expr scaled(double temperature) {
    return temperature == 1 ? logits : logits.div(temperature);
  }
}
