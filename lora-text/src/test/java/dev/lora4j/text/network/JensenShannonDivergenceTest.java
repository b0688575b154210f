package dev.lora4j.text.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The divergence against what torch computed by TRL's formula, see {@code distillation.py}. */
class JensenShannonDivergenceTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/distillation.safetensors"));
  private static final int VOCABULARY = 9;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private static double[] numbers(String key) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(key), key);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(key)).doubles();
  }

  private static Set<String> settings() {
    return GOLDEN.tensors().keySet().stream()
        .filter(key -> key.startsWith("logits/") && key.endsWith("/loss"))
        .map(key -> key.substring("logits/".length(), key.lastIndexOf('/')))
        .collect(Collectors.toSet());
  }

  /** Places whose label counts. */
  private static long[] places() {
    double[] labels = numbers("logits/labels");
    return LongStream.range(0, labels.length).filter(i -> labels[(int) i] >= 0).toArray();
  }

  private static List<double[]> run(JensenShannonDivergence divergence, DType type) {
    try (Scope scope = LORA.engine().scope("test")) {
      Shape all = Shape.of(Shape.UNKNOWN, VOCABULARY);
      Graph graph = new Graph();
      Expr given = graph.input("student", DType.F32, all).trainable();
      Expr teacher = graph.input("teacher", DType.F32, all).to(type);
      Expr places = graph.input("places", DType.I64, Shape.of(Shape.UNKNOWN));
      Expr loss =
          divergence
              .stage(given.to(type).indexSelect(0, places), teacher.indexSelect(0, places))
              .mean();
      List<Expr> outputs = new ArrayList<>(List.of(loss.detach()));
      outputs.addAll(graph.gradients(loss, List.of(given)));
      Program program = graph.training(scope, outputs);
      long[] counted = places();
      double[] labels = numbers("logits/labels");
      Shape shape = Shape.of(labels.length, VOCABULARY);
      return program
          .run(
              scope,
              Tensor.of(scope, shape, floats("logits/student")),
              Tensor.of(scope, shape, floats("logits/teacher")),
              Tensor.ofLongs(scope, Shape.of(counted.length), counted))
          .stream()
          .map(t -> HostTensor.of(t).doubles())
          .toList();
    }
  }

  private static float[] floats(String key) {
    double[] all = numbers(key);
    float[] floats = new float[all.length];
    for (int i = 0; i < all.length; i++) {
      floats[i] = (float) all[i];
    }
    return floats;
  }

  private static JensenShannonDivergence of(String key) {
    int dash = key.indexOf('-');
    return new JensenShannonDivergence(
        Double.parseDouble(key.substring(0, dash)), Double.parseDouble(key.substring(dash + 1)));
  }

  @Test
  void lossesAndGradientsAreThoseOfTorch() {
    assertTrue(
        settings()
            .containsAll(Set.of("0.0-1.0", "0.1-1.0", "0.5-1.0", "0.9-1.0", "1.0-1.0", "0.5-2.0")));
    for (String key : settings()) {
      double expected = numbers("logits/" + key + "/loss")[0];
      double[] gradient = numbers("logits/" + key + "/gradient");
      for (DType type : List.of(DType.F64, DType.F32)) {
        List<double[]> found = run(of(key), type);
        double close = type == DType.F64 ? 1e-12 : 2e-6;
        assertEquals(expected, found.get(0)[0], close * expected, key + " " + type);
        for (int i = 0; i < gradient.length; i++) {
          // A gradient is told in the type of the logits.
          assertEquals(gradient[i], found.get(1)[i], 2e-6, key + " " + type + " at " + i);
        }
      }
    }
  }

  @Test
  void placesThatDoNotCountHaveNoGradient() {
    double[] labels = numbers("logits/labels");
    double[] gradient = run(JensenShannonDivergence.DEFAULT, DType.F32).get(1);
    int uncounted = 0;
    for (int i = 0; i < gradient.length; i++) {
      if (labels[i / VOCABULARY] < 0) {
        assertEquals(0, gradient[i]);
        uncounted++;
      }
    }
    assertEquals(5 * VOCABULARY, uncounted);
  }

  @Test
  void numbersBeyondTheirRangesAreRefused() {
    for (double beta : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new JensenShannonDivergence(beta, 1));
    }
    for (double heat : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new JensenShannonDivergence(0.5, heat));
    }
  }
}
