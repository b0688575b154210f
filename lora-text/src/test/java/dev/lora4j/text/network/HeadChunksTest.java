package dev.lora4j.text.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Cost;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadChunksTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 5;
  private static final int VOCABULARY = 23;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Losses and entropies, a loss that squares them, and the gradient of a layer below the head. */
  private static List<Expr> staged(Graph graph, HeadChunks chunks, boolean trains) {
    Expr hidden = graph.input("hidden", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
    Expr layer = graph.input("layer", DType.F32, Shape.of(WIDTH, WIDTH));
    Expr trained = trains ? layer.trainable() : layer;
    Expr head = graph.input("head", DType.F32, Shape.of(VOCABULARY, WIDTH));
    Expr targets = graph.input("targets", DType.I64, Shape.of(Shape.UNKNOWN));
    List<Expr> values =
        chunks.values(
            hidden.linear(trained),
            chunk -> {
              PlacedLogits at =
                  new PlacedLogits(
                      chunk.hidden().linear(head), chunk.part().apply(targets), chunk.part());
              return List.of(at.unlikelihood(1), at.entropy(0.7));
            });
    Expr loss = values.get(0).pow(2).add(values.get(1)).sum();
    List<Expr> out = new ArrayList<>(values);
    out.add(loss);
    if (trains) {
      out.addAll(graph.gradients(loss, List.of(trained)));
    }
    return out;
  }

  private static List<float[]> run(HeadChunks chunks, int places, boolean trains) {
    Graph graph = new Graph();
    List<Expr> out = staged(graph, chunks, trains);
    try (Scope scope = ENGINE.scope("head")) {
      SplittableRandom random = new SplittableRandom(3);
      List<Tensor> inputs =
          List.of(
              drawn(scope, random, places, WIDTH),
              drawn(scope, random, WIDTH, WIDTH),
              drawn(scope, random, VOCABULARY, WIDTH),
              Tensor.ofLongs(
                  scope, Shape.of(places), random.longs(places, 0, VOCABULARY).toArray()));
      var program = trains ? graph.training(scope, out) : graph.inference(scope, out);
      return program.run(scope, inputs).stream().map(Tensor::floats).toList();
    }
  }

  private static Tensor drawn(Scope scope, SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(scope, Shape.of(rows, columns), values);
  }

  /** Chunks that end at the last place, before it, far behind it, and one that has the rest. */
  @ParameterizedTest
  @CsvSource({"12, 4, 3", "11, 4, 3", "3, 4, 3", "40, 4, 3", "0, 4, 2", "5, 1, 9"})
  void valuesAndGradientsAreThoseOfTheWhole(int places, int rows, int count) {
    List<float[]> whole = run(HeadChunks.WHOLE, places, true);
    List<float[]> chunks = run(new HeadChunks(rows, count, true), places, true);
    assertEquals(4, whole.size());
    assertTrue(places == 0 || Math.abs(whole.get(3)[0]) > 1e-3);
    for (int i = 0; i < whole.size(); i++) {
      assertArrayEquals(whole.get(i), chunks.get(i), tolerance(whole.get(i)), "output " + i);
    }
  }

  private static float tolerance(float[] values) {
    float most = 1;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most * 2e-6f;
  }

  /** As many operations, of which a part of the logits is there at a time. */
  @Test
  void costsOfChunksAreThoseOfTheWhole() {
    Cost whole = cost(HeadChunks.WHOLE);
    for (HeadChunks chunks : List.of(new HeadChunks(50, 5, true), new HeadChunks(100, 4, true))) {
      Cost parts = cost(chunks);
      assertEquals(whole.flops(), parts.flops(), chunks.toString());
      assertTrue(2 * parts.working() < whole.working(), parts + " against " + whole);
    }
  }

  private static Cost cost(HeadChunks chunks) {
    Graph graph =
        Graph.sized(
            input ->
                new Graph.Input(
                    input.name(),
                    input.dtype(),
                    input.shape().size(0) == Shape.UNKNOWN
                        ? input.shape().with(0, 240)
                        : input.shape()));
    staged(graph, chunks, true);
    return graph.cost();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 50})
  void programsWithoutGradientsHaveTheSameValues(int places) {
    List<float[]> whole = run(HeadChunks.WHOLE, places, false);
    List<float[]> chunks = run(new HeadChunks(3, 4, true).frozen(), places, false);
    for (int i = 0; i < whole.size(); i++) {
      assertArrayEquals(whole.get(i), chunks.get(i), tolerance(whole.get(i)), "output " + i);
    }
  }

  @Test
  void chunksHaveSixtyFourMebibytesOfLogitsAtMost() {
    HeadChunks large = HeadChunks.of(49_152, 8 * 512);
    assertEquals(341, large.rows());
    assertEquals(13, large.count());
    assertEquals(128, HeadChunks.of(262_144, 1000).rows());
    assertEquals(32, HeadChunks.of(151_936, 1_000_000).count());
    assertSame(HeadChunks.WHOLE, HeadChunks.of(1024, 4096));
    assertSame(HeadChunks.WHOLE, HeadChunks.of(49_152, 600));
    assertSame(HeadChunks.WHOLE, HeadChunks.frozen(4096));
    assertEquals(32, HeadChunks.frozen(32_000).count());
    assertThrows(IllegalArgumentException.class, () -> new HeadChunks(0, 1, true));
  }
}
