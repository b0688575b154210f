package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.List;

/**
 * Some weights with {@link EightBitVector}s that a step changes together, one after another: those
 * of them whose numbers are codes, each filled up to whole blocks, or the others. Operators are few
 * for many weights, and numbers that are made of codes are not those of all weights at once.
 *
 * <p>Whether a weight is small shows when the program runs, where its size is unknown while
 * staging: then all of it or nothing of it is a part.
 */
final class EightBitBatch {
  /** A weight, flat, and how many elements the batch has for it, with those that fill up. */
  private record Piece(Expr weight, Expr gradient, Dim room) {}

  private final Update update;
  private final Expr rate;
  private final EightBitSlots slots;
  private final List<Piece> pieces;
  private final Dim room;
  private final Expr gradient;

  private EightBitBatch(
      Update update, Expr rate, EightBitSlots slots, List<Piece> pieces, boolean filled) {
    this.update = update;
    this.rate = rate;
    this.slots = slots;
    this.pieces = pieces;
    room = pieces.stream().map(Piece::room).reduce(Dim.of(0), Dim::plus);
    gradient = filled ? filled() : joined(pieces.stream().map(Piece::gradient).toList());
  }

  /** The small ones of some weights. */
  static EightBitBatch small(
      Update update, EightBitVector vector, EightBitSlots slots, List<Update.Whole> weights) {
    List<Piece> pieces =
        weights.stream()
            .map(
                weight -> {
                  Dim count = weight.slot(vector.name()).dim(0);
                  return new Piece(
                      flat(weight.weights()).narrow(0, Dim.of(0), count),
                      flat(weight.gradient()).narrow(0, Dim.of(0), count),
                      count);
                })
            .toList();
    return new EightBitBatch(update, weights.get(0).rate(), slots, pieces, false);
  }

  /** Those of some weights whose numbers are codes. */
  static EightBitBatch large(
      Update update, EightBitVector vector, EightBitSlots slots, List<Update.Whole> weights) {
    List<Piece> pieces =
        weights.stream()
            .map(
                weight -> {
                  Expr all = flat(weight.weights());
                  Dim before = weight.slot(vector.name()).dim(0);
                  Dim count = all.dim(0).minus(before);
                  return new Piece(
                      all.narrow(0, before, count),
                      flat(weight.gradient()).narrow(0, before, count),
                      weight.slot(vector.codes()).dim(0).times(EightBitVector.BLOCK));
                })
            .toList();
    return new EightBitBatch(update, weights.get(0).rate(), slots, pieces, true);
  }

  private static Expr flat(Expr x) {
    return x.reshape(-1);
  }

  private static Expr joined(List<Expr> parts) {
    return parts.size() == 1 ? parts.get(0) : ShapeOps.cat(parts, 0);
  }

  /** Gradients, each filled up with zeros. */
  private Expr filled() {
    Graph graph = update.graph();
    Expr all = Constants.zeros(graph, update.type(), room);
    eachPart(
        all,
        (piece, part) ->
            // No code is looked up for what is not finite: a step with such a gradient has zeros.
            graph.effect(
                "where",
                update.taken(),
                piece.gradient(),
                graph.constant(0, update.type()),
                Keyword.of("out", part)));
    return all;
  }

  /** Does something with the part of a vector that belongs to each weight, without filling. */
  private void eachPart(Expr all, PartAction action) {
    Expr rest = all;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      action.on(piece, rest.narrow(0, Dim.of(0), piece.weight().dim(0)));
      if (i + 1 < pieces.size()) {
        rest = rest.slice(0, piece.room(), rest.dim(0));
      }
    }
  }

  @FunctionalInterface
  private interface PartAction {
    void on(Piece piece, Expr part);
  }

  /** The learning rate. */
  Expr rate() {
    return rate;
  }

  /** The gradients, one after another. */
  Expr gradient() {
    return gradient;
  }

  /** The weights, one after another; nobody else's if there are several. */
  Expr weights() {
    return joined(pieces.stream().map(Piece::weight).toList());
  }

  /** Puts weights that were changed by a step that was taken, or were not, in their places. */
  void become(Expr weights) {
    if (pieces.size() > 1) {
      eachPart(weights, (piece, part) -> update.replace(piece.weight(), part));
    }
  }

  /**
   * Stages that weights shrink and change if the step is taken.
   *
   * @param weightDecay share of the weights that is taken away, times the rate
   * @param change added to them, laid out like {@link #gradient}
   */
  void change(double weightDecay, Expr change) {
    eachPart(
        change,
        (piece, part) -> {
          Expr weights = piece.weight();
          Expr shrunk = weightDecay == 0 ? weights : weights.mul(share(weightDecay));
          update.replace(weights, shrunk.add(part));
        });
  }

  private Expr share(double weightDecay) {
    return rate.mul(-weightDecay).add(1).to(update.type());
  }

  /** The numbers of small weights, to be changed in place. */
  Expr numbers(EightBitVector vector) {
    return slots.next(vector.name(), room);
  }

  /** Numbers that are made of codes, nobody else's, with zeros where gradients are filled up. */
  Coded numbers(EightBitVector vector, StagedCodes codes) {
    Dim blocks = room.over(EightBitVector.BLOCK);
    Expr stored = slots.next(vector.codes(), room);
    Expr scales = slots.next(vector.scales(), blocks);
    Expr numbers = codes.numbers(stored.reshape(-1, EightBitVector.BLOCK), scales).reshape(-1);
    return new Coded(codes, stored, scales, StagedCodes.inPlace("mul_", numbers, filling()));
  }

  /** 1 for each element of a weight, and 0 for those that fill up. */
  private Expr filling() {
    Expr all = Constants.zeros(update.graph(), update.type(), room);
    eachPart(all, (piece, part) -> update.graph().effect("fill_", part, 1.0));
    return all;
  }

  /**
   * Numbers, and the codes that they come from and become.
   *
   * @param numbers nobody else's
   */
  record Coded(StagedCodes codes, Expr stored, Expr scales, Expr numbers) {
    /** Stages that other numbers, which are lost, become codes if the step is taken. */
    void become(Update update, Expr others) {
      Expr blocks = others.reshape(-1, EightBitVector.BLOCK);
      Expr greatest = StagedCodes.scales(blocks);
      update.replace(stored, codes.codes(blocks, greatest).reshape(-1));
      update.replace(scales, greatest);
    }
  }
}
