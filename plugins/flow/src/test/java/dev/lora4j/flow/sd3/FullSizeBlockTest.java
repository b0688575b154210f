package dev.lora4j.flow.sd3;

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
import dev.lora4j.flow.Formula;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.Streams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks at the published sizes, with weights that are formulas, against diffusers. */
@Tag("slow")
class FullSizeBlockTest {
  private static final Path EXPECTED = Goldens.RESOURCES.resolve("full-size.safetensors");
  private static final int PLACES = 64;
  private static final int WORDS = 20;

  private static double[] expected(String name) {
    return Goldens.tensor(EXPECTED, name).doubles();
  }

  @ParameterizedTest
  @CsvSource({
    "sd3, 24, false, false, false",
    "sd35m, 24, true, true, false",
    "sd35m-last, 24, true, false, true",
    "sd35l, 38, true, false, false"
  })
  void blocksAreThoseOfDiffusers(
      String name, int heads, boolean normed, boolean twice, boolean last) {
    int width = 64 * heads;
    Sd3Block block = new Sd3Block(new JointAttention(heads, normed), twice, last);
    try (Engine engine = Engine.open();
        Scope scope = engine.scope(name)) {
      Graph graph = new Graph();
      Expr picture = graph.input("picture", DType.F32, Shape.of(1, PLACES, width));
      Expr words = graph.input("words", DType.F32, Shape.of(1, WORDS, width));
      Expr time = graph.input("time", DType.F32, Shape.of(1, width));
      FrozenWeights source = new FrozenWeights(DType.F32, "weight:");
      Weights at = Weights.of(graph, "block", source, SiteAdapters.NONE);
      Contexts one = new Contexts(Optional.empty());
      Streams made = block.apply(at, new Streams(picture, words), time.silu(), one);
      Program program = graph.inference(scope, List.of(made.picture(), made.words()));
      List<Tensor> weights =
          source.parameters().stream()
              .map(p -> Formula.weight(scope, name + "." + p.name(), p.shape()))
              .toList();
      Map<String, Tensor> inputs =
          Map.of(
              "picture", Formula.tensor(scope, name + ".picture", picture.shape(), 2),
              "words", Formula.tensor(scope, name + ".words", words.shape(), 2),
              "time", Formula.tensor(scope, name + ".time", time.shape(), 1));
      List<Tensor> out = program.run(scope, program.hold(scope, weights), inputs);
      assertSame(name + ".picture", out.get(0).floats());
      if (!last) {
        assertSame(name + ".words", out.get(1).floats());
      }
    }
  }

  private static void assertSame(String name, float[] found) {
    double[] samples = expected(name);
    double[] own = new double[samples.length];
    double squares = 0;
    for (int i = 0; i < own.length; i++) {
      own[i] = found[(int) ((long) i * found.length / own.length)];
    }
    for (float value : found) {
      squares += (double) value * value;
    }
    Goldens.assertClose(name, samples, own, 1e-5);
    double norm = expected(name + ".norm")[0];
    assertEquals(norm, Math.sqrt(squares), 1e-5 * norm, name);
  }
}
