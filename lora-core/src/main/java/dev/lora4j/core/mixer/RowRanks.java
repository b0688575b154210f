package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rank by magnitude of each element of a change within its row, counted by digits of its bits,
 * which are ordered as magnitudes are: several times as fast as sorting by comparisons.
 */
final class RowRanks {
  private static final int PASSES = 3;
  private static final int DIGIT = 11;
  private static final int VALUES = 1 << DIGIT;

  private final Scope scope;
  private final Map<List<Object>, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  RowRanks(Scope scope) {
    this.scope = scope;
  }

  /**
   * F32 in the shape of the change; a change of one dimension is one row.
   *
   * @param like a parameter of the form
   * @param factors as {@link RowInputs} has them
   * @param part whose change
   */
  Tensor of(Scope owner, MixedParameter like, List<Tensor> factors, int part) {
    Program program =
        programs.computeIfAbsent(List.of(like.form(), part), k -> changing(like, part));
    int[] bits;
    try (Scope work = owner.child("change")) {
      IntBuffer buffer = program.run(work, factors).get(0).bytes().asIntBuffer();
      bits = new int[buffer.remaining()];
      buffer.get(bits);
    }
    int width = Math.toIntExact(like.shape().size(-1));
    return Tensor.of(owner, like.shape(), places(bits, width));
  }

  private Program changing(MixedParameter like, int part) {
    Graph graph = new Graph();
    return graph.inference(scope, List.of(new StagedDeltas(graph, like).delta(part)));
  }

  /** The places in rows of a width of F32 numbers with these bits. */
  static float[] places(int[] bits, int width) {
    float[] places = new float[bits.length];
    int[] keys = new int[width];
    int[] order = new int[width];
    int[] next = new int[width];
    int[] counts = new int[VALUES];
    for (int row = 0; row < bits.length; row += width) {
      for (int i = 0; i < width; i++) {
        keys[i] = bits[row + i] & Integer.MAX_VALUE;
        order[i] = i;
      }
      for (int pass = 0; pass < PASSES; pass++) {
        sort(keys, order, next, counts, pass * DIGIT);
        int[] sorted = next;
        next = order;
        order = sorted;
      }
      for (int i = 0; i < width; i++) {
        places[row + order[i]] = i;
      }
    }
    return places;
  }

  /** Orders by one digit, which leaves the order of those that have the same. */
  private static void sort(int[] keys, int[] order, int[] next, int[] counts, int shift) {
    Arrays.fill(counts, 0);
    for (int key : keys) {
      counts[key >>> shift & VALUES - 1]++;
    }
    int sum = 0;
    for (int i = 0; i < VALUES; i++) {
      int count = counts[i];
      counts[i] = sum;
      sum += count;
    }
    for (int i : order) {
      next[counts[keys[i] >>> shift & VALUES - 1]++] = i;
    }
  }
}
