package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.Beside;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.PatchedSites;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * Sequences that grow together. Each has adapters of its own, beside the weights where they can be;
 * sequences with different adapters inside the weights grow in groups.
 */
final class CausalRun {
  private final CausalPrograms programs;
  private final TextModel base;

  CausalRun(CausalPrograms programs) {
    this.programs = programs;
    this.base = programs.base();
  }

  /**
   * Lets all grow to their ends.
   *
   * @throws CancellationException if the calling thread is interrupted
   */
  void run(Scope scope, List<Sequence> rows) {
    List<MixPlan> plans =
        rows.stream()
            .map(r -> r.start().mix())
            .map(p -> p.route() == Route.AUTO ? p.route(Route.BESIDE) : p)
            .toList();
    BatchMix mix = new BatchMix(plans, base.sites(), TextModel.MODEL);
    Map<String, Tensor> factors = mix.factors(scope, programs.patch());
    for (List<Integer> group : groups(mix, rows.size())) {
      try (Scope work = scope.child("group")) {
        PatchedSites inside = mix.patched(work, programs.patch(), base.weights(), group.get(0));
        Map<String, Tensor> patched = inside.at(plans.get(group.get(0)).at(0, 1));
        new Group(work, mix, group, rows, factors, patched).run();
      }
    }
  }

  private static Collection<List<Integer>> groups(BatchMix mix, int rows) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < rows; row++) {
      groups.computeIfAbsent(mix.group(row), g -> new ArrayList<>()).add(row);
    }
    return groups.values();
  }

  /** Sequences with the same inside the weights. */
  private final class Group {
    private final Scope scope;
    private final BatchMix mix;
    private final List<Sequence> rows;
    private final Map<String, Tensor> held;
    private final Map<String, Tensor> patched;
    private final Map<String, Tensor> mixing = new HashMap<>();

    Group(
        Scope scope,
        BatchMix mix,
        List<Integer> numbers,
        List<Sequence> all,
        Map<String, Tensor> factors,
        Map<String, Tensor> patched) {
      this.scope = scope;
      this.mix = mix;
      this.patched = patched;
      rows = numbers.stream().map(all::get).toList();
      int room = rows.stream().mapToInt(r -> r.start().room()).max().orElse(1);
      held = new HashMap<>(factors);
      held.putAll(
          KeyValueCache.of(scope, programs.network().memory(), base.compute(), rows.size(), room)
              .tensors());
      if (!mix.besideSites().isEmpty()) {
        float[] weights = mix.weights(numbers, 0, 1);
        mixing.put(Beside.WEIGHTS, Tensor.of(scope, Shape.of(rows.size(), mix.columns()), weights));
      }
    }

    void run() {
      Network first = programs.first(mix.besideSites());
      try (Held weights = first.hold(scope, base.weights(), patched, held)) {
        take(first, weights, this::firstTokens);
      }
      Network next = programs.next(mix.besideSites());
      try (Held weights = next.hold(scope, base.weights(), patched, held)) {
        while (rows.stream().anyMatch(r -> !r.done())) {
          if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("generating text was interrupted");
          }
          take(next, weights, this::nextToken);
        }
      }
    }

    /** What a program reads, made in a scope. */
    private interface Inputs {
      Map<String, Tensor> in(Scope scope);
    }

    private void take(Network network, Held weights, Inputs inputs) {
      try (Scope step = scope.child("step")) {
        Map<String, Tensor> data = new HashMap<>(inputs.in(step));
        data.putAll(mixing);
        float[] logits = network.run(step, weights, data).get(0).floats();
        int words = logits.length / rows.size();
        for (int row = 0; row < rows.size(); row++) {
          if (!rows.get(row).done()) {
            rows.get(row).add(Arrays.copyOfRange(logits, row * words, (row + 1) * words));
          }
        }
      }
    }

    private Map<String, Tensor> firstTokens(Scope step) {
      int longest = rows.stream().mapToInt(Sequence::length).max().orElse(1);
      long[] ids = new long[rows.size() * longest];
      long[] positions = new long[ids.length];
      long[] last = new long[rows.size()];
      for (int row = 0; row < rows.size(); row++) {
        int[] prompt = rows.get(row).start().prompt();
        last[row] = prompt.length - 1L;
        for (int t = 0; t < longest; t++) {
          ids[row * longest + t] = t < prompt.length ? prompt[t] : 0;
          positions[row * longest + t] = t;
        }
      }
      Shape shape = Shape.of(rows.size(), longest);
      return Map.of(
          Tokens.IDS, Tensor.ofLongs(step, shape, ids),
          Tokens.POSITIONS, Tensor.ofLongs(step, shape, positions),
          CausalPrograms.LAST, Tensor.ofLongs(step, Shape.of(rows.size()), last));
    }

    private Map<String, Tensor> nextToken(Scope step) {
      // A row that is done goes on writing at its last place, where nobody reads any more.
      long[] ids = rows.stream().mapToLong(Sequence::last).toArray();
      long[] positions = rows.stream().mapToLong(r -> r.length() - 1L).toArray();
      int reach = rows.stream().filter(r -> !r.done()).mapToInt(Sequence::length).max().orElse(1);
      long[] places = IntStream.range(0, reach).asLongStream().toArray();
      Shape one = Shape.of(rows.size(), 1);
      return Map.of(
          Tokens.IDS, Tensor.ofLongs(step, one, ids),
          Tokens.POSITIONS, Tensor.ofLongs(step, one, positions),
          CausalPrograms.PLACES, Tensor.ofLongs(step, Shape.of(reach), places));
    }
  }
}
