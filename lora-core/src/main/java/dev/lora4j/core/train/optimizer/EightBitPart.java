package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import java.util.Optional;

/**
 * A weight with {@link EightBitVector}s in a step, flat. Whether it is small shows when the program
 * runs, where its size is unknown while staging: then all of it or nothing of it is a part.
 */
final class EightBitPart {
  private final Update update;
  private final Update.Whole part;
  private final Expr weights;
  private final Expr gradient;

  private EightBitPart(Update update, Update.Whole part, Expr weights, Expr gradient) {
    this.update = update;
    this.part = part;
    this.weights = weights;
    this.gradient = gradient;
  }

  /**
   * The weight as one whose numbers are no codes; empty if it is known to be none.
   *
   * @param vector any of the weight's
   */
  static Optional<EightBitPart> small(Update update, Update.Whole part, EightBitVector vector) {
    Shape shape = part.parameter().shape();
    if (shape.known() && !EightBitVector.small(shape)) {
      return Optional.empty();
    }
    Dim count = part.slot(vector.name()).dim(0);
    Expr weights = part.weights().reshape(-1).narrow(0, Dim.of(0), count);
    Expr gradient = part.gradient().reshape(-1).narrow(0, Dim.of(0), count);
    return Optional.of(new EightBitPart(update, part, weights, gradient));
  }

  /** The weight as one whose numbers are codes; empty if it is known to be none. */
  static Optional<EightBitPart> large(Update update, Update.Whole part, EightBitVector vector) {
    Shape shape = part.parameter().shape();
    if (shape.known() && EightBitVector.small(shape)) {
      return Optional.empty();
    }
    Graph graph = update.graph();
    Expr all = part.weights().reshape(-1);
    Dim before = part.slot(vector.name()).dim(0);
    Dim count = all.dim(0).minus(before);
    Dim room = part.slot(vector.codes()).dim(0).times(EightBitVector.BLOCK);
    Expr filled = Constants.zeros(graph, update.type(), room);
    // No code is looked up for what is not finite: a step with such a gradient has zeros.
    graph.effect(
        "where",
        update.taken(),
        part.gradient().reshape(-1).narrow(0, before, count),
        graph.constant(0, update.type()),
        Keyword.of("out", filled.narrow(0, Dim.of(0), count)));
    return Optional.of(new EightBitPart(update, part, all.narrow(0, before, count), filled));
  }

  /** The weights, to be changed in place. */
  Expr weights() {
    return weights;
  }

  /** The gradient; of large weights with the zeros that fill up the last block. */
  Expr gradient() {
    return gradient;
  }

  /** The learning rate. */
  Expr rate() {
    return part.rate();
  }

  /** The numbers of a small weight, to be changed in place. */
  Expr numbers(EightBitVector vector) {
    return part.slot(vector.name());
  }

  /** Numbers of a large weight, nobody else's, with zeros where the gradient is filled up. */
  Expr numbers(EightBitVector vector, StagedCodes codes) {
    Expr numbers = codes.numbers(part.slot(vector.codes()), part.slot(vector.scales())).reshape(-1);
    update.graph().effect("zero_", numbers.slice(0, weights.dim(0), numbers.dim(0)));
    return numbers;
  }

  /** The part of a large weight's numbers without those that fill up. */
  Expr unfilled(Expr numbers) {
    return numbers.narrow(0, Dim.of(0), weights.dim(0));
  }

  /** Stages that numbers of a large weight, which are lost, become codes if the step is taken. */
  void replace(EightBitVector vector, StagedCodes codes, Expr numbers) {
    Expr blocks = numbers.reshape(-1, EightBitVector.BLOCK);
    Expr scales = StagedCodes.scales(blocks);
    update.replace(part.slot(vector.codes()), codes.codes(blocks, scales));
    update.replace(part.slot(vector.scales()), scales);
  }
}
