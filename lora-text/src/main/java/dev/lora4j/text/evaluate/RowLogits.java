package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Logits of a base for batches whose rows have adapters of their own. Rows share a run where their
 * adapters are unmerged; those with methods that have to be merged, and those that change the head,
 * run with the rows of the same adapters. Valid while the scope is open that it was made with.
 *
 * <p>For one thread.
 */
public final class RowLogits {
  /** Key of the rows that share a run; the plan is -1 where rows of all plans may. */
  private record Run(Object merged, int plan) {}

  private final Scope scope;
  private final LanguageModel model;
  private final List<MixPlan> plans;
  private final BatchMix mix;
  private final boolean alone;
  private final StackedFactors.Use factors;
  private final Network network;
  private final Program cat;
  private final Program pick;
  private final Map<Object, HeldInputs> held = new HashMap<>();

  /**
   * For rows with these adapters.
   *
   * @param owner of what is merged and stacked
   * @param plans mixes of rows, each of one weight
   */
  public RowLogits(Scope owner, LanguageModel model, List<MixPlan> plans) {
    this.scope = owner.child("row logits");
    this.model = model;
    this.plans = plans.stream().map(p -> p.route(Route.UNMERGED)).toList();
    mix = new BatchMix(this.plans, model.base().sites(), TextModel.MODEL);
    factors = scope.own(model.programs().factors().of(mix));
    Set<String> head = new TreeSet<>(HeadSites.of(model));
    head.retainAll(mix.unmergedSites());
    alone = !head.isEmpty();
    network = model.programs().logits(mix.unmergedSites());
    cat = cat(scope);
    pick = pick(scope);
  }

  private static Program cat(Scope scope) {
    Graph graph = new Graph();
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Expr first = graph.input("first", DType.F32, any);
    return graph.inference(scope, List.of(first.cat(0, graph.input("next", DType.F32, any))));
  }

  private static Program pick(Scope scope) {
    Graph graph = new Graph();
    Expr all = graph.input("all", DType.F32, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN));
    Expr order = graph.input("order", DType.I64, Shape.of(Shape.UNKNOWN));
    return graph.inference(scope, List.of(all.indexSelect(0, order)));
  }

  /**
   * The logits of what is learned of sequences.
   *
   * @param owner of the result
   * @param numbers for each row the number of its plan
   * @param sequences one for each row
   * @return F32 [n, vocabulary], row by row
   */
  public Tensor of(Scope owner, List<Integer> numbers, List<TokenSequence> sequences) {
    Map<Run, List<Integer>> runs = new LinkedHashMap<>();
    for (int row = 0; row < numbers.size(); row++) {
      int plan = numbers.get(row);
      Run run = new Run(mix.mergedKey(plan), alone ? plan : -1);
      runs.computeIfAbsent(run, r -> new ArrayList<>()).add(row);
    }
    if (runs.size() == 1) {
      return run(owner, numbers, sequences);
    }
    try (Scope work = scope.child("runs")) {
      List<Tensor> parts = new ArrayList<>();
      for (List<Integer> rows : runs.values()) {
        parts.add(
            run(
                work,
                rows.stream().map(numbers::get).toList(),
                rows.stream().map(sequences::get).toList()));
      }
      Tensor all = parts.get(0);
      for (Tensor part : parts.subList(1, parts.size())) {
        all = cat.run(work, List.of(all, part)).get(0);
      }
      long[] order = order(runs.values(), sequences);
      Tensor places = Tensor.ofLongs(work, Shape.of(order.length), order);
      return pick.run(owner, List.of(all, places)).get(0);
    }
  }

  /** For each place, row by row, where it is among those of the runs. */
  private static long[] order(Iterable<List<Integer>> runs, List<TokenSequence> sequences) {
    long[] first = new long[sequences.size()];
    long next = 0;
    for (List<Integer> rows : runs) {
      for (int row : rows) {
        first[row] = next;
        next += sequences.get(row).learned();
      }
    }
    long[] order = new long[Math.toIntExact(next)];
    int at = 0;
    for (int row = 0; row < first.length; row++) {
      for (int i = 0; i < sequences.get(row).learned(); i++) {
        order[at++] = first[row] + i;
      }
    }
    return order;
  }

  /** Logits of rows with the same merged weights. */
  private Tensor run(Scope owner, List<Integer> numbers, List<TokenSequence> sequences) {
    int pad = model.tokenizer().special().padId();
    try (Scope work = scope.child("rows")) {
      Map<String, Tensor> data =
          new HashMap<>(ScoredTokens.inputs(work, sequences, pad, model.network()));
      if (!mix.unmergedSites().isEmpty()) {
        List<Integer> rows = alone ? Collections.nCopies(1, numbers.get(0)) : numbers;
        Shape shape = Shape.of(rows.size(), mix.columns());
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, shape, mix.weights(rows, 0, 1)));
      }
      return network.run(owner, hold(numbers.get(0)), data).get(0);
    }
  }

  private HeldInputs hold(int plan) {
    return held.computeIfAbsent(
        mix.mergedKey(plan),
        key -> {
          Map<String, Tensor> merged =
              mix.mergedSites(scope, model.programs().patch(), model.base().weights(), plan)
                  .at(plans.get(plan).at(0, 1));
          return network.hold(scope, model.base().weights(), merged, factors.tensors());
        });
  }
}
