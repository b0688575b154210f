package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention in BF16 that a gradient goes through is computed in F32 where queries are few. */
class TrainedAttentionTest {
  private static final Engine ENGINE = Engine.open();
  private static final long ANY = Shape.UNKNOWN;
  private static final Shape TOKENS = Shape.of(ANY, 2, ANY, 8);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Queries, keys and values of a graph. */
  private record Staged(Expr q, Expr k, Expr v) {
    static Staged in(Graph graph, DType type) {
      return new Staged(
          graph.input("q", type, TOKENS),
          graph.input("k", type, TOKENS),
          graph.input("v", type, TOKENS));
    }

    Staged with(Function<Expr, Expr> change) {
      return new Staged(change.apply(q), change.apply(k), change.apply(v));
    }

    Expr attended(Attention settings) {
      return q.attend(k, v, settings);
    }

    List<Expr> all() {
      return List.of(q, k, v);
    }
  }

  private enum Way {
    /** As it comes. */
    PLAIN,
    /** All in F32 between two casts. */
    CAST,
    /** In a segment that is computed twice. */
    CHECKPOINTED
  }

  private enum Masked {
    NONE,
    CAUSAL,
    /** Numbers that are added to the scores. */
    ADDED
  }

  private static Attention settings(Masked masked, Expr mask) {
    return switch (masked) {
      case NONE -> Attention.PLAIN;
      case CAUSAL -> Attention.CAUSAL.scaled(0.25);
      case ADDED -> Attention.PLAIN.masked(mask);
    };
  }

  /** The result and three gradients, all in F32, of attention in BF16. */
  private static List<float[]> run(Way way, Masked masked, int queries) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Staged staged = Staged.in(graph, DType.BF16).with(Expr::trainable);
      Expr mask = graph.input("mask", DType.BF16, Shape.of(ANY, ANY));
      Expr y =
          switch (way) {
            case PLAIN -> staged.attended(settings(masked, mask));
            case CAST ->
                staged
                    .with(e -> e.to(DType.F32))
                    .attended(settings(masked, mask.to(DType.F32)))
                    .to(DType.BF16);
            case CHECKPOINTED ->
                graph.checkpoint(() -> List.of(staged.attended(settings(masked, mask)))).get(0);
          };
      Expr wide = y.to(DType.F32);
      Expr loss = wide.mul(wide).sum();
      List<Expr> results = new ArrayList<>(List.of(y));
      results.addAll(graph.gradients(loss, staged.all()));
      Program program = graph.training(scope, results.stream().map(e -> e.to(DType.F32)).toList());
      List<Tensor> inputs =
          List.of(
              numbers(scope, Shape.of(1, 2, queries, 8), 1),
              numbers(scope, Shape.of(1, 2, 9, 8), 2),
              numbers(scope, Shape.of(1, 2, 9, 8), 3),
              numbers(scope, Shape.of(queries, 9), 4));
      return program.run(scope, inputs).stream().map(Tensor::floats).toList();
    }
  }

  private static Tensor numbers(Scope scope, Shape shape, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(scope, shape, values).to(scope, DType.BF16);
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void fewQueriesGiveTheBitsOfF32(Masked masked) {
    assertSame(run(Way.CAST, masked, 12), run(Way.PLAIN, masked, 12));
    assertSame(run(Way.CAST, masked, 12), run(Way.CHECKPOINTED, masked, 12));
  }

  @Test
  void manyQueriesStayInBf16() {
    int many = TrainedAttention.MANY;
    assertSame(run(Way.CAST, Masked.NONE, many - 1), run(Way.PLAIN, Masked.NONE, many - 1));
    float[] plain = run(Way.PLAIN, Masked.NONE, many).get(1);
    float[] cast = run(Way.CAST, Masked.NONE, many).get(1);
    int other = 0;
    for (int i = 0; i < plain.length; i++) {
      other += plain[i] == cast[i] ? 0 : 1;
    }
    assertTrue(other > plain.length / 100, other + " of " + plain.length + " gradients differ");
  }

  private static String source(DType type, boolean gradient, Device device) {
    Graph graph = new Graph();
    Staged staged = Staged.in(graph, type);
    Staged used = gradient ? staged.with(Expr::trainable) : staged;
    return graph.source(List.of(used.attended(Attention.PLAIN)), device);
  }

  private static boolean decides(String source) {
    return source.contains(" if torch.lt(");
  }

  @Test
  void onlyTrainedBf16OnCpuIsDecided() {
    assertTrue(decides(source(DType.BF16, true, Device.CPU)));
    assertFalse(decides(source(DType.BF16, false, Device.CPU)));
    assertFalse(decides(source(DType.BF16, true, Device.cuda(0))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "F32", "F64"})
  void otherTypesStayAsTheyAre(String type) {
    assertFalse(decides(source(DType.valueOf(type), true, Device.CPU)));
  }

  @Test
  void frozenAttentionOfATrainingProgramStaysBf16() {
    Graph graph = new Graph();
    Staged staged = Staged.in(graph, DType.BF16);
    Expr frozen = staged.attended(Attention.PLAIN);
    Expr trained = new Staged(frozen.trainable(), staged.k, staged.v).attended(Attention.PLAIN);
    String source = graph.source(List.of(trained), Device.CPU);
    assertEquals(1 + 2, source.split("torch.scaled_dot_product_attention", -1).length - 1);
  }
}
