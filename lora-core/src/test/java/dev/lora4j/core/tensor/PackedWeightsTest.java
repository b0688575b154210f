package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are arranged once as the kernels read them give what plain weights give. */
class PackedWeightsTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** How a weight is declared. */
  private enum Declared {
    /** As one that never changes. */
    FIXED,
    /** As any held input. */
    PLAIN;

    Expr apply(Graph graph, String name, DType type, Shape shape) {
      return this == FIXED ? graph.weight(name, type, shape) : graph.held(name, type, shape);
    }
  }

  private static Tensor numbers(Scope scope, DType type, Shape shape, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 4;
    }
    Tensor f32 = Tensor.of(scope, shape, values);
    return type == DType.F32 ? f32 : f32.to(scope, type);
  }

  /** Packed by these rules where this machine can; what its speed would decide is left out. */
  private static Program compiled(Scope scope, Graph graph, Expr y, Packing packing) {
    List<Expr> outputs = List.of(y.to(DType.F32));
    PackingPlan plan =
        graph.packing(
            outputs,
            kind -> ENGINE.fastPaths().trial(kind.path()).works() ? packing : Packing.NEVER);
    return Program.planned(scope, graph, outputs, plan, failure -> fail(failure));
  }

  private static float[] convolved(
      DType type,
      Declared declared,
      Convolution settings,
      Shape x,
      Shape weight,
      boolean bias,
      Packing packing) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      long any = Shape.UNKNOWN;
      Expr in = graph.input("x", type, Shape.of(any, x.size(1), any, any));
      Expr w = declared.apply(graph, "w", type, weight);
      List<Tensor> held = new ArrayList<>(List.of(numbers(scope, type, weight, 1)));
      Expr y;
      if (bias) {
        Expr b = declared.apply(graph, "b", type, Shape.of(weight.size(0)));
        held.add(numbers(scope, type, Shape.of(weight.size(0)), 2));
        y = in.convolve(w, b, settings);
      } else {
        y = in.convolve(w, settings);
      }
      Program program = compiled(scope, graph, y, packing);
      Tensor input = numbers(scope, type, x, 3);
      return program.run(scope, program.hold(scope, held), List.of(input)).get(0).floats();
    }
  }

  private static void assertNear(float[] expected, float[] found, double tolerance) {
    double scale = 0;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    assertTrue(scale > 0);
    assertArrayEquals(expected, found, (float) (scale * tolerance));
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 1, 32, 48, 16, 3, 1, 1, 1, true",
    "F32, 2, 16, 16, 7, 3, 2, 1, 1, true",
    "F32, 1, 64, 8, 9, 1, 1, 0, 1, true",
    "F32, 3, 4, 20, 12, 5, 1, 2, 1, false",
    "F32, 1, 24, 24, 11, 3, 1, 2, 2, true",
    "BF16, 1, 32, 48, 16, 3, 1, 1, 1, true",
    "BF16, 2, 16, 16, 7, 3, 2, 1, 1, true",
    "BF16, 1, 64, 8, 9, 1, 1, 0, 1, false",
    "BF16, 1, 128, 128, 4, 3, 1, 1, 1, true",
  })
  void convolutionsAreThoseOfPlainWeights(
      DType type,
      int batch,
      int in,
      int out,
      int side,
      int kernel,
      int stride,
      int padding,
      int dilation,
      boolean bias) {
    Convolution settings = Convolution.strided(stride).padded(padding).dilated(dilation);
    Shape x = Shape.of(batch, in, side, side + 2);
    Shape weight = Shape.of(out, in, kernel, kernel);
    float[] plain = convolved(type, Declared.PLAIN, settings, x, weight, bias, Packing.NEVER);
    long terms = (long) in * kernel * kernel;
    for (Packing packing :
        List.of(
            Packing.ALWAYS,
            Packing.between(10, 100),
            Packing.between(0, 1_000_000),
            Packing.square(side))) {
      float[] packed = convolved(type, Declared.FIXED, settings, x, weight, bias, packing);
      assertNear(plain, packed, RoundingTolerance.ofSums(type, terms));
    }
  }

  @Test
  void packedOnlyWhereTheInputIsAsPlanned() {
    Graph graph = new Graph();
    long any = Shape.UNKNOWN;
    Expr x = graph.input("x", DType.F32, Shape.of(any, 16, any, any));
    Expr y = x.conv2d(graph.weight("w", DType.F32, Shape.of(16, 16, 3, 3)), 1, 1);
    PackingPlan plan = graph.packing(List.of(y), kind -> Packing.square(8));
    String source = graph.text().source(List.of(y), Device.CPU, plan);
    assertTrue(source.contains("v1_w, v1_w_packed, = held"), source);
    assertTrue(
        source.contains(" if torch.eq(torch.size(v0_x), [2, 16, 8, 8]) else torch.conv2d("),
        source);
    String form = plan.slots().get(0).form().source();
    assertTrue(form.contains("[2, 16, 8, 8]"), form);
    PackingPlan between = graph.packing(List.of(y), kind -> Packing.between(64, 256));
    String both = graph.text().source(List.of(y), Device.CPU, between);
    assertTrue(
        both.contains(
            " if torch.__and__(torch.ge(torch.numel(v0_x), 1024), torch.le(torch.numel(v0_x), 4096))"),
        both);
  }

  /** Programs that arrange a weight so that packing it, or reading it, fails. */
  @ParameterizedTest
  @ValueSource(strings = {"torch.reshape(inputs[0], [7])", "torch.reshape(inputs[0], [-1])"})
  void failedPackingIsReportedOnceAndReplaced(String arranged) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Shape shape = Shape.of(8, 8, 3, 3);
      Expr x = graph.input("x", DType.F32, Shape.of(1, 8, 4, 4));
      Expr y = x.conv2d(graph.weight("w", DType.F32, shape), 1, 1);
      List<String> told = new ArrayList<>();
      Program program =
          Program.planned(
              scope,
              graph,
              List.of(y),
              arrangedAs(arranged, graph.packing(List.of(y), kind -> Packing.ALWAYS)),
              failure -> told.add(failure.getMessage()));
      Tensor weight = numbers(scope, DType.F32, shape, 1);
      Tensor in = numbers(scope, DType.F32, Shape.of(1, 8, 4, 4), 2);
      HeldInputs held = program.hold(scope, List.of(weight));
      float[] found = program.run(scope, held, List.of(in)).get(0).floats();
      Program plain = Program.planned(scope, graph, List.of(y), PackingPlan.PLAIN, f -> fail(f));
      HeldInputs same = plain.hold(scope, List.of(weight));
      assertArrayEquals(plain.run(scope, same, List.of(in)).get(0).floats(), found);
      HeldInputs later = program.hold(scope, List.of(weight));
      assertArrayEquals(found, program.run(scope, later, List.of(in)).get(0).floats());
      assertArrayEquals(found, program.run(scope, held, List.of(in)).get(0).floats());
      assertEquals(1, told.size(), told.toString());
    }
  }

  private static PackingPlan arrangedAs(String arranged, PackingPlan plan) {
    PackingPlan.Slot slot = plan.slots().get(0);
    String source = slot.form().source();
    String other = source.substring(0, source.indexOf("return [")) + "return [" + arranged + "]\n";
    return new PackingPlan(
        plan.packings(),
        List.of(new PackingPlan.Slot(slot.position(), new PackedForm(other), slot.variable())));
  }

  @Test
  void failureWithPlainWeightsNamesTheOperator() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      long any = Shape.UNKNOWN;
      Expr x = graph.input("x", DType.F32, Shape.of(1, 8, any, any));
      Expr y = x.conv2d(graph.weight("w", DType.F32, Shape.of(8, 8, 3, 3)), 1, 0);
      Program program = compiled(scope, graph, y, Packing.ALWAYS);
      HeldInputs held =
          program.hold(scope, List.of(numbers(scope, DType.F32, Shape.of(8, 8, 3, 3), 1)));
      Tensor in = numbers(scope, DType.F32, Shape.of(1, 8, 2, 2), 2);
      TensorException refused =
          assertThrows(TensorException.class, () -> program.run(scope, held, List.of(in)));
      assertTrue(refused.getMessage().contains("Operator conv2d"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void projectionsAreThoseOfPlainWeights(DType type) {
    for (boolean bias : new boolean[] {true, false}) {
      float[][] found = new float[2][];
      for (int i = 0; i < 2; i++) {
        Declared declared = i == 0 ? Declared.PLAIN : Declared.FIXED;
        try (Scope scope = ENGINE.scope("test")) {
          Graph graph = new Graph();
          Expr x = graph.input("x", type, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, 96));
          Expr w = declared.apply(graph, "w", type, Shape.of(40, 96));
          Expr b = declared.apply(graph, "b", type, Shape.of(40));
          Expr y = bias ? x.linear(w, b) : x.linear(w).add(b);
          Program program = compiled(scope, graph, y, Packing.ALWAYS);
          HeldInputs held =
              program.hold(
                  scope,
                  List.of(
                      numbers(scope, type, Shape.of(40, 96), 1),
                      numbers(scope, type, Shape.of(40), 2)));
          Tensor in = numbers(scope, type, Shape.of(2, 5, 96), 3);
          found[i] = program.run(scope, held, List.of(in)).get(0).floats();
        }
      }
      assertNear(found[0], found[1], RoundingTolerance.ofSums(type, 96));
    }
  }

  /** As a layer that a network uses several times. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void weightOfEqualUsesIsPackedOnceForAll(DType type) {
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      Declared declared = i == 0 ? Declared.PLAIN : Declared.FIXED;
      try (Scope scope = ENGINE.scope("test")) {
        Graph graph = new Graph();
        Expr x = graph.input("x", type, Shape.of(1, 16, 8, 8));
        Expr w = declared.apply(graph, "w", type, Shape.of(16, 16, 3, 3));
        Expr y = x.conv2d(w, 1, 1).tanh().conv2d(w, 1, 1);
        assertEquals(i, graph.packing(List.of(y), kind -> Packing.ALWAYS).slots().size());
        Program program = compiled(scope, graph, y, Packing.ALWAYS);
        HeldInputs held =
            program.hold(scope, List.of(numbers(scope, type, Shape.of(16, 16, 3, 3), 1)));
        Tensor in = numbers(scope, type, Shape.of(1, 16, 8, 8), 3);
        found[i] = program.run(scope, held, List.of(in)).get(0).floats();
      }
    }
    assertNear(found[0], found[1], 2 * RoundingTolerance.ofSums(type, 144));
  }

  @Test
  void weightOfOtherUsesIsNotPacked() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(1, 16, 8, 8));
    Expr two = graph.weight("two", DType.F32, Shape.of(16, 16, 3, 3));
    Expr padded = x.conv2d(two, 1, 1).conv2d(two, 1, 0);
    assertTrue(graph.packing(List.of(padded), kind -> Packing.ALWAYS).plain());
    Expr once = graph.weight("once", DType.F32, Shape.of(16, 16, 3, 3));
    Expr twice = graph.weight("twice", DType.F32, Shape.of(16, 16, 3, 3));
    Expr changing = graph.held("changing", DType.F32, Shape.of(16, 16, 3, 3));
    Expr returned = graph.weight("returned", DType.F32, Shape.of(16, 16, 3, 3));
    Expr y = x.conv2d(once, 1, 1).conv2d(twice, 1, 1).conv2d(changing, 1, 1);
    y = y.conv2d(returned, 1, 1).add(twice.sum());
    PackingPlan plan = graph.packing(List.of(y, returned), kind -> Packing.ALWAYS);
    assertEquals(List.of(1), plan.slots().stream().map(PackingPlan.Slot::position).toList());
    String source = graph.text().source(List.of(y, returned), Device.CPU, plan);
    assertEquals(1, source.split("_convolution_pointwise", -1).length - 1);
    assertEquals(5, source.split("torch.conv2d", -1).length - 1);
  }

  @Test
  void groupsAndProgramsThatTrainTakePlainWeights() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(1, 16, 8, 8));
    Expr w = graph.weight("w", DType.F32, Shape.of(16, 1, 3, 3));
    Expr y = x.convolve(w, Convolution.strided(1).padded(1).grouped(16));
    assertTrue(graph.packing(List.of(y), kind -> Packing.ALWAYS).plain());
    try (Scope scope = ENGINE.scope("test")) {
      Graph training = new Graph();
      Expr in = training.input("x", DType.F32, Shape.of(1, 16, 8, 8)).trainable();
      Expr weight = training.weight("w", DType.F32, Shape.of(16, 16, 3, 3));
      Expr loss = in.conv2d(weight, 1, 1).sum();
      Program program =
          training.training(scope, List.of(training.gradients(loss, List.of(in)).get(0)));
      HeldInputs held =
          program.hold(scope, List.of(numbers(scope, DType.F32, Shape.of(16, 16, 3, 3), 1)));
      Tensor input = numbers(scope, DType.F32, Shape.of(1, 16, 8, 8), 2);
      assertEquals(Shape.of(1, 16, 8, 8), program.run(scope, held, List.of(input)).get(0).shape());
    }
  }

  @Test
  void packedWeightIsMadeOncePerTensor() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.BF16, Shape.of(4, 32));
      Expr w = graph.weight("w", DType.BF16, Shape.of(32, 32));
      Program program = compiled(scope, graph, x.linear(w), Packing.ALWAYS);
      Tensor weight = numbers(scope, DType.BF16, Shape.of(32, 32), 1);
      program.hold(scope, List.of(weight)).close();
      long once = ENGINE.live();
      for (int i = 0; i < 5; i++) {
        program.hold(scope, List.of(weight)).close();
      }
      assertEquals(once, ENGINE.live());
      HeldInputs held = program.hold(scope, List.of(weight));
      Tensor input = numbers(scope, DType.BF16, Shape.of(4, 32), 2);
      ByteBuffer before = program.run(scope, held, List.of(input)).get(0).bytes();
      weight.close();
      ByteBuffer after = program.run(scope, held, List.of(input)).get(0).bytes();
      assertEquals(before, after);
    }
  }

  @Test
  void releasedPagesAreReadAgain(@TempDir Path folder) throws Exception {
    int side = 256;
    ByteBuffer bytes = ByteBuffer.allocate(9 * 4 * side * side).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(4);
    while (bytes.hasRemaining()) {
      bytes.putFloat(random.nextFloat() - 0.5f);
    }
    Path file = folder.resolve("weight");
    Files.write(file, bytes.array());
    try (Scope scope = ENGINE.scope("test")) {
      Shape shape = Shape.of(side, side, 3, 3);
      Tensor weight = Tensor.map(scope, file, DType.F32).view(scope, 0, shape);
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(1, side, 8, 8));
      Program program =
          graph.inference(scope, List.of(x.conv2d(graph.weight("w", DType.F32, shape), 1, 1)));
      HeldInputs held = program.hold(scope, List.of(weight));
      assertEquals(bytes.flip(), weight.bytes());
      weight.dropPages();
      assertEquals(bytes, weight.bytes());
      Tensor input = numbers(scope, DType.F32, Shape.of(1, side, 8, 8), 5);
      float[] first = program.run(scope, held, List.of(input)).get(0).floats();
      assertArrayEquals(first, program.run(scope, held, List.of(input)).get(0).floats());
    }
  }
}
