package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;
import dev.lora4j.text.align.ScoreDivergence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Likelihoods of pairs of completions, and losses of them.
 *
 * @param type that the loss is computed in
 * @param chosen of each pair, under the model
 * @param rejected the same
 * @param chosenReference of each pair, under the reference
 * @param rejectedReference the same
 */
record ScoredPairs(
    DType type,
    List<Double> chosen,
    List<Double> rejected,
    List<Double> chosenReference,
    List<Double> rejectedReference) {
  /**
   * Losses of pairs, and what they depend on.
   *
   * @param each the loss
   * @param chosenSlopes gradient of the sum of all losses at the likelihoods of chosen completions
   * @param rejectedSlopes the same at those of rejected ones
   * @param rewards of chosen completions
   */
  record Judged(
      List<Double> each,
      List<Double> chosenSlopes,
      List<Double> rejectedSlopes,
      List<Double> rewards) {}

  /** A model that is its own reference. */
  static ScoredPairs atReference(DType type, List<Double> chosen, List<Double> rejected) {
    return new ScoredPairs(type, chosen, rejected, chosen, rejected);
  }

  /** Other likelihoods under the model, at the same reference. */
  ScoredPairs with(List<Double> otherChosen, List<Double> otherRejected) {
    return new ScoredPairs(type, otherChosen, otherRejected, chosenReference, rejectedReference);
  }

  Judged by(PreferenceLoss loss, double beta, ScoreDivergence divergence, Engine engine) {
    try (Scope scope = engine.scope("preferences")) {
      Graph graph = new Graph();
      // As a run stages it: one program for any number of pairs.
      Shape pairs = Shape.of(Shape.UNKNOWN);
      List<Expr> inputs = new ArrayList<>();
      for (String name : List.of("chosen", "rejected", "chosenReference", "rejectedReference")) {
        inputs.add(graph.input(name, type, pairs));
      }
      Expr chosenTokens = graph.input("chosenTokens", type, pairs);
      Expr rejectedTokens = graph.input("rejectedTokens", type, pairs);
      Expr better = inputs.get(0).trainable();
      Expr worse = inputs.get(1).trainable();
      PairScores scores =
          new PairScores(
              new CompletionScores(better, reference(loss, inputs.get(2)), chosenTokens, better),
              new CompletionScores(worse, reference(loss, inputs.get(3)), rejectedTokens, worse),
              divergence);
      Expr each = loss.each(scores, beta);
      assertEquals(type, each.dtype(), "a loss of another type than the likelihoods");
      Expr reward = loss.reward(scores.chosen(), beta);
      // One that depends on one of them alone has a gradient of 0 at the other.
      Expr sum = each.sum().add(better.mul(0).sum()).add(worse.mul(0).sum());
      List<Expr> outputs = new ArrayList<>(List.of(each.detach(), reward.detach()));
      outputs.addAll(graph.gradients(sum, List.of(better, worse)));
      List<Tensor> judged =
          graph
              .training(scope, outputs)
              .run(
                  scope,
                  tensor(chosen).on(scope),
                  tensor(rejected).on(scope),
                  tensor(chosenReference).on(scope),
                  tensor(rejectedReference).on(scope),
                  tensor(tokens(5)).on(scope),
                  tensor(tokens(8)).on(scope));
      assertEquals(Shape.of(chosen.size()), judged.get(0).shape(), "a loss for each pair");
      return new Judged(
          doubles(judged.get(0)),
          doubles(judged.get(2)),
          doubles(judged.get(3)),
          doubles(judged.get(1)));
    }
  }

  private static Optional<Expr> reference(PreferenceLoss loss, Expr likelihood) {
    return loss.compares() ? Optional.of(likelihood) : Optional.empty();
  }

  private List<Double> tokens(int first) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      all.add(first + (double) (i % 3));
    }
    return all;
  }

  private HostTensor tensor(List<Double> numbers) {
    Shape shape = Shape.of(numbers.size());
    return HostTensor.of(type, shape, numbers.stream().mapToDouble(d -> d).toArray());
  }

  private static List<Double> doubles(Tensor tensor) {
    return Arrays.stream(HostTensor.of(tensor).doubles()).boxed().toList();
  }
}
