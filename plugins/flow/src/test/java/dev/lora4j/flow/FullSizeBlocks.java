package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.flow.layer.Streams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Blocks at published sizes, with weights that are formulas, against diffusers. */
public final class FullSizeBlocks {
  /** Rows and columns of the picture's places. */
  public static final int SIDE = 8;

  private static final Path EXPECTED = Goldens.RESOURCES.resolve("full-size.safetensors");
  private static final int PLACES = SIDE * SIDE;
  private static final int WORDS = 20;

  private FullSizeBlocks() {}

  /** Stages a block. */
  @FunctionalInterface
  public interface Block {
    /**
     * Both streams after it.
     *
     * @param time [1, width]
     */
    Streams apply(Weights at, Streams x, Expr time);
  }

  /**
   * Requires what diffusers' block makes.
   *
   * @param name of the block in the file
   * @param words whether it makes something of the words
   */
  public static void assertBlock(String name, int width, boolean words, Block block) {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope(name)) {
      Graph graph = new Graph();
      Expr picture = graph.input("picture", DType.F32, Shape.of(1, PLACES, width));
      Expr told = graph.input("words", DType.F32, Shape.of(1, WORDS, width));
      Expr time = graph.input("time", DType.F32, Shape.of(1, width));
      FrozenWeights source = new FrozenWeights(DType.F32, "weight:");
      Weights at = Weights.of(graph, "block", source, SiteAdapters.NONE);
      Streams made = block.apply(at, new Streams(picture, told), time);
      Program program = graph.inference(scope, List.of(made.picture(), made.words()));
      List<Tensor> weights =
          source.parameters().stream()
              .map(p -> Formula.weight(scope, name + "." + p.name(), p.shape()))
              .toList();
      Map<String, Tensor> inputs =
          Map.of(
              "picture", Formula.tensor(scope, name + ".picture", picture.shape(), 2),
              "words", Formula.tensor(scope, name + ".words", told.shape(), 2),
              "time", Formula.tensor(scope, name + ".time", time.shape(), 1));
      List<Tensor> out = program.run(scope, program.hold(scope, weights), inputs);
      assertSame(name + ".picture", out.get(0).floats());
      if (words) {
        assertSame(name + ".words", out.get(1).floats());
      }
    }
  }

  private static void assertSame(String name, float[] found) {
    double[] samples = Goldens.tensor(EXPECTED, name).doubles();
    double[] own = new double[samples.length];
    double squares = 0;
    for (int i = 0; i < own.length; i++) {
      own[i] = found[(int) ((long) i * found.length / own.length)];
    }
    for (float value : found) {
      squares += (double) value * value;
    }
    Goldens.assertClose(name, samples, own, 1e-5);
    double norm = Goldens.tensor(EXPECTED, name + ".norm").doubles()[0];
    assertEquals(norm, Math.sqrt(squares), 1e-5 * norm, name);
  }
}
