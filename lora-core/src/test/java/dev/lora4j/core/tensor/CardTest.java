package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a card changes about tensors and programs: where things are, how exact, when it is freed.
 */
@Tag("gpu")
@SuppressWarnings("NullAway.Init")
class CardTest {
  private static Engine card;
  private static Engine cpu;

  @BeforeAll
  static void open() {
    card = Engine.open(EngineOptions.DEFAULT.device(Card.DEVICE));
    cpu = Engine.open();
  }

  @AfterAll
  static void close() {
    card.close();
    cpu.close();
  }

  static List<DType> computable() {
    return Stream.of(DType.values()).filter(DType::computable).toList();
  }

  @ParameterizedTest
  @MethodSource("computable")
  void tensorsOfEveryTypeRoundTripOnCard(DType type) {
    try (Scope scope = card.scope("test")) {
      byte[] bytes = new byte[(int) type.bytes(12)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (type == DType.BOOL ? i % 2 : 3 * i + 1);
      }
      Tensor there = Tensor.of(scope, type, Shape.of(3, 4), ByteBuffer.wrap(bytes));
      assertEquals(Card.DEVICE, there.device());
      assertEquals(ByteBuffer.wrap(bytes), there.bytes());
    }
  }

  @Test
  void mappedFilesScalarsAndResultsAreOnCard(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("numbers");
    ByteBuffer numbers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      numbers.putFloat(i + 0.5f);
    }
    Files.write(file, numbers.array());
    try (Scope scope = card.scope("test")) {
      Tensor mapped = Tensor.map(scope, file, DType.F32);
      assertEquals(Card.DEVICE, mapped.device());
      Graph graph = new Graph();
      Expr x = graph.held("x", DType.F32, Shape.of(4));
      Expr y = graph.input("y", DType.F32, Shape.of());
      Expr steps = graph.call("arange", DType.F32, Shape.of(4), 4, Keyword.of("dtype", DType.F32));
      Program program =
          graph.inference(scope, List.of(x.add(steps).add(y).add(graph.constant(2, DType.F32))));
      HeldInputs held = program.hold(scope, List.of(mapped.view(scope, 0, Shape.of(4))));
      Tensor sum = program.run(scope, held, List.of(Tensor.scalar(scope, 10))).get(0);
      assertEquals(Card.DEVICE, sum.device());
      assertArrayEquals(new float[] {12.5f, 14.5f, 16.5f, 18.5f}, sum.floats());
    }
  }

  @Test
  void tensorsOfTwoDevicesAreRefused() {
    try (Scope here = cpu.scope("test");
        Scope there = card.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(2));
      Program program = graph.inference(there, List.of(x.mul(2)));
      Tensor foreign = Tensor.of(here, Shape.of(2), 1, 2);
      TensorException e = assertThrows(TensorException.class, () -> program.run(there, foreign));
      assertEquals(
          "Input 'x' was made by an engine on cpu, and the program runs on "
              + Card.DEVICE
              + "; make it with the program's engine.",
          e.getMessage());
    }
  }

  /** The kernels that networks spend their time in, as one value. */
  private static Program kernels(Scope scope, DType type) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(2, 32, 16, 16)).to(type);
    Expr kernel = graph.input("kernel", DType.F32, Shape.of(32, 32, 3, 3)).to(type);
    Expr matrix = graph.input("matrix", DType.F32, Shape.of(32, 32)).to(type);
    Expr ones = graph.input("ones", DType.F32, Shape.of(32)).to(type);
    Expr y = x.groupNorm(8, ones, ones, 1e-5).silu().conv2d(kernel, 1, 1);
    Expr tokens = y.reshape(2, 32, 256).transpose(1, 2);
    Expr q = tokens.linear(matrix).splitHeads(4);
    Expr mixed = q.attend(q, tokens.splitHeads(4)).joinHeads();
    return graph.inference(scope, List.of(mixed.layerNorm(ones, ones, 1e-5).to(DType.F32)));
  }

  private static float[] computed(Engine engine, DType type) {
    try (Scope scope = engine.scope("test")) {
      Program program = kernels(scope, type);
      return program
          .run(
              scope,
              filled(scope, Shape.of(2, 32, 16, 16), 1, 1),
              filled(scope, Shape.of(32, 32, 3, 3), 2, 0.1),
              filled(scope, Shape.of(32, 32), 3, 0.3),
              filled(scope, Shape.of(32), 4, 0))
          .get(0)
          .floats();
    }
  }

  /** Gaussian numbers of a seed; ones if their deviation is 0. */
  private static Tensor filled(Scope scope, Shape shape, long seed, double deviation) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation == 0 ? 1 : (float) (random.nextGaussian() * deviation);
    }
    return Tensor.of(scope, shape, values);
  }

  /*
   * Ten bits of TF32, which convolutions use, and of F16; seven of BF16; each through five
   * operators, the last of which brings the numbers to a deviation of 1.
   */
  @ParameterizedTest
  @CsvSource({"F32, 5e-3", "F16, 1e-2", "BF16, 6e-2"})
  void cardResultsMatchTheCpuInF32(DType type, double tolerance) {
    float[] expected = computed(cpu, DType.F32);
    float[] found = computed(card, type);
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(found[i] - expected[i], 2);
    }
    double deviation = Math.sqrt(squares / expected.length);
    assertTrue(deviation < tolerance, type + " differs by " + deviation);
  }

  @Test
  void closedEngineReturnsItsMemory() throws Exception {
    long megabytes = 1024;
    Engine warm = Engine.open(EngineOptions.DEFAULT.device(Card.DEVICE));
    warm.close();
    long before = Card.used();
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.device(Card.DEVICE))) {
      Scope scope = engine.scope("large");
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of());
      Expr large =
          graph.call("full", DType.F32, Shape.of(megabytes << 18), List.of(megabytes << 18), 1.5);
      Program program = graph.inference(scope, List.of(large.add(x)));
      Tensor kept = program.run(scope, Tensor.scalar(scope, 1)).get(0);
      assertEquals(megabytes << 18, kept.shape().elements());
      assertTrue(Card.used() - before > (megabytes << 20) / 2, "nothing was taken");
    }
    long left = Card.used() - before;
    assertTrue(left < (megabytes << 20) / 8, left + " bytes are still in use");
  }

  @Test
  void memoryStaysFlatOverRuns() throws Exception {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.device(Card.DEVICE));
        Scope scope = engine.scope("runs")) {
      Program program = kernels(scope, DType.F32);
      List<Tensor> inputs =
          List.of(
              filled(scope, Shape.of(2, 32, 16, 16), 1, 1),
              filled(scope, Shape.of(32, 32, 3, 3), 2, 0.1),
              filled(scope, Shape.of(32, 32), 3, 0.3),
              filled(scope, Shape.of(32), 4, 0));
      long live = 0;
      long used = 0;
      for (int i = 0; i < 500; i++) {
        if (i == 50) {
          live = engine.live();
          used = Card.used();
        }
        try (Scope step = scope.child("step")) {
          program.run(step, inputs.toArray(Tensor[]::new));
        }
      }
      assertEquals(live, engine.live());
      // 450 runs that each left their result behind would be 29 MB, their inner values 300 MB.
      assertTrue(Card.used() - used < 20L << 20, "the card's memory grew");
    }
  }
}
