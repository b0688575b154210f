package dev.lora4j.core.mixer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.SeededNumbers;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniformNumbersTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -7, 0x123456789ABCDEFL})
  void uniformNumbersEqualTheStagedGenerators(long key) {
    int count = 40_003;
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("uniform")) {
      Graph graph = new Graph();
      Expr seed = graph.input("seed", DType.I64, Shape.of());
      Expr rows = graph.input("rows", DType.I64, Shape.of(1));
      Expr numbers = SeededNumbers.of(seed, rows).uniform(DType.F32, Dim.of(count));
      Program program = graph.inference(scope, java.util.List.of(numbers));
      Tensor staged =
          program
              .run(
                  scope,
                  Tensor.ofLongs(scope, Shape.of(), key),
                  Tensor.ofLongs(scope, Shape.of(1), 0))
              .get(0);
      UniformNumbers uniform = new UniformNumbers();
      // The buffer is used again, for more and for fewer numbers.
      float[] few = uniform.of(scope, key, Shape.of(3), 0).floats();
      float[] all = uniform.of(scope, key, Shape.of(count), 0).floats();
      float[] again = uniform.of(scope, key, Shape.of(3, 1), 0).floats();
      assertArrayEquals(staged.floats(), all);
      assertArrayEquals(Arrays.copyOf(all, 3), few);
      assertArrayEquals(few, again);
      float[] later = uniform.of(scope, key, Shape.of(7), 40).floats();
      assertArrayEquals(Arrays.copyOfRange(all, 40, 47), later);
    }
  }

  @Test
  void keysDependOnEveryWordAndItsEnd() {
    long key = UniformNumbers.key(1, "ab", "c");
    assertEquals(key, UniformNumbers.key(1, "ab", "c"));
    assertNotEquals(key, UniformNumbers.key(2, "ab", "c"));
    assertNotEquals(key, UniformNumbers.key(1, "a", "bc"));
    assertNotEquals(key, UniformNumbers.key(1, "ab", "d"));
  }
}
