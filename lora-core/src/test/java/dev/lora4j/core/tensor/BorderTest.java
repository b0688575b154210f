package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that runs part by part within a memory gives the bits of the whole. */
class BorderTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 64;
  private static final int BLOCKS = 5;
  private static final long BLOCK = 4L * WIDTH * WIDTH;

  /** Linux maps so much around a page that is read. */
  private static final long WINDOW = 64 * 1024;

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Blocks that use a size and a value from before all of them. */
  private static Graph graph(List<Expr> outputs) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
    Expr scale = graph.input("scale", DType.F32, Shape.of());
    Expr first = x.silu();
    Dim rows = first.dim(0);
    Expr h = first;
    for (int i = 0; i < BLOCKS; i++) {
      graph.border();
      Expr w = graph.weight("w" + i, DType.F32, Shape.of(WIDTH, WIDTH));
      h = h.linear(w).tanh().add(first.mul(scale));
      h = h.reshape(rows.times(2), Dim.of(WIDTH / 2)).reshape(rows, Dim.of(WIDTH));
      if (i == 1) {
        outputs.add(h);
      }
    }
    graph.border();
    outputs.add(h.add(first));
    return graph;
  }

  private Tensor weights(Scope scope) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) (BLOCKS * BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) Math.cos(bytes.position() * 0.37) / 8);
    }
    Path file = folder.resolve("weights");
    Files.write(file, bytes.array());
    return Tensor.map(scope, file, DType.F32);
  }

  private static Tensor weight(Scope scope, Tensor all, String name) {
    long at = Long.parseLong(name.substring(1)) * WIDTH * WIDTH;
    return all.view(scope, at, Shape.of(WIDTH, WIDTH));
  }

  private static List<float[]> run(Scope scope, Program program, HeldInputs held) {
    float[] x = new float[3 * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    List<Tensor> inputs =
        List.of(Tensor.of(scope, Shape.of(3, WIDTH), x), Tensor.scalar(scope, 0.3f));
    return program.run(scope, held, inputs).stream().map(Tensor::floats).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {BLOCK, 2 * BLOCK, 4 * BLOCK, 5 * BLOCK, 9 * BLOCK})
  void partsGiveTheBitsOfTheWhole(long memory) throws IOException {
    try (Scope scope = ENGINE.scope("test")) {
      List<Expr> outputs = new ArrayList<>();
      assertSameBits(scope, graph(outputs).inference(scope, outputs), memory);
    }
  }

  private void assertSameBits(Scope scope, Program program, long memory) throws IOException {
    Tensor all = weights(scope);
    List<float[]> expected =
        run(scope, program, program.hold(scope, name -> weight(scope, all, name)));
    HeldInputs held = program.hold(scope, name -> weight(scope, all, name), memory);
    for (int times = 0; times < 2; times++) {
      List<float[]> found = run(scope, program, held);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i), "output " + i);
      }
    }
    assertLeavesNothing(scope, program, held);
  }

  private static void assertLeavesNothing(Scope scope, Program program, HeldInputs held) {
    long before = ENGINE.backend().live();
    try (Scope again = scope.child("again")) {
      run(again, program, held);
    }
    assertEquals(before, ENGINE.backend().live());
  }

  /** Checkpointed blocks, some of which have a value of an earlier one, and work between them. */
  private static Graph training(List<Expr> outputs) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
    Expr scale = graph.input("scale", DType.F32, Shape.of()).trainable();
    Expr first = x.mul(scale).silu();
    Expr h = first;
    for (int i = 0; i < BLOCKS; i++) {
      Expr before = h;
      Expr w = graph.weight("w" + i, DType.F32, Shape.of(WIDTH, WIDTH));
      graph.border();
      Expr after =
          graph
              .checkpoint(
                  () -> List.of(before.linear(w).mul(scale).tanh().add(first).linear(w).tanh()))
              .get(0);
      graph.border();
      h = i == 2 ? after.mul(scale) : after;
    }
    Expr loss = h.pow(2).mean();
    outputs.add(loss.detach());
    outputs.addAll(graph.gradients(loss, List.of(scale)));
    return graph;
  }

  @ParameterizedTest
  @ValueSource(longs = {BLOCK, 2 * BLOCK, 4 * BLOCK, 9 * BLOCK})
  void gradientsOfPartsAreThoseOfTheWhole(long memory) throws IOException {
    try (Scope scope = ENGINE.scope("test")) {
      List<Expr> outputs = new ArrayList<>();
      assertSameBits(scope, training(outputs).training(scope, outputs), memory);
    }
  }

  @Test
  void blocksAreReadAgainForTheirGradients() {
    List<Expr> outputs = new ArrayList<>();
    List<ProgramPart> parts = training(outputs).text().parts(outputs);
    long reading = parts.stream().filter(p -> !p.held().isEmpty()).count();
    assertEquals(2 * BLOCKS, reading);
    assertTrue(parts.stream().allMatch(p -> p.held().size() <= 1), parts.toString());
  }

  @Test
  void blocksThatDoNotStayAreNotResident() throws IOException {
    int width = 1024;
    long block = 4L * width * width;
    Path file = folder.resolve("large");
    Files.write(file, new byte[(int) (BLOCKS * block)]);
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr h = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, width));
      for (int i = 0; i < BLOCKS; i++) {
        graph.border();
        h = h.linear(graph.weight("w" + i, DType.F32, Shape.of(width, width)));
      }
      Program program = graph.inference(scope, List.of(h));
      Tensor all = Tensor.map(scope, file, DType.F32);
      Function<String, Tensor> weights =
          name ->
              all.view(
                  scope, Long.parseLong(name.substring(1)) * width * width, Shape.of(width, width));
      Tensor x = Tensor.of(scope, Shape.of(3, width), new float[3 * width]);
      for (int kept = 0; kept < BLOCKS - 1; kept++) {
        try (HeldInputs held = program.hold(scope, weights, (kept + 1) * block)) {
          program.run(scope, held, List.of(x));
          long most = kept * block + BLOCKS * 2 * WINDOW;
          for (FileMapping mapping : FileMapping.in(folder)) {
            assertTrue(mapping.resident() * 1024 <= most, kept + " stay: " + mapping);
          }
        }
      }
    }
  }

  @Test
  void everyBlockIsAPart() {
    List<Expr> outputs = new ArrayList<>();
    List<ProgramPart> parts = graph(outputs).text().parts(outputs);
    assertEquals(BLOCKS + 2, parts.size());
    assertEquals(List.of(0), parts.get(1).held());
    assertEquals(List.of(1), parts.get(2).held());
    assertEquals(1, parts.get(2).sizes().size());
  }

  @Test
  void tooLittleMemoryNamesWhatWouldDo() throws IOException {
    try (Scope scope = ENGINE.scope("test")) {
      List<Expr> outputs = new ArrayList<>();
      Program program = graph(outputs).inference(scope, outputs);
      Tensor all = weights(scope);
      String said =
          String.valueOf(
              assertThrows(
                      TensorException.class,
                      () -> program.hold(scope, name -> weight(scope, all, name), BLOCK - 1))
                  .getMessage());
      assertTrue(said.contains("were given 16kB of memory, and need 17kB"), said);
      assertTrue(said.endsWith("Give them 17kB or more."), said);
    }
  }

  @Test
  void errorsInAPartNameTheOperator() throws IOException {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
      Expr y = graph.input("y", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
      graph.border();
      graph.enter("block");
      Expr w = graph.weight("w0", DType.F32, Shape.of(WIDTH, WIDTH));
      Expr sum = x.linear(w).add(y);
      graph.leave();
      Program program = graph.inference(scope, List.of(sum));
      Tensor all = weights(scope);
      HeldInputs held = program.hold(scope, name -> weight(scope, all, name), BLOCK);
      List<Tensor> uneven =
          List.of(
              Tensor.of(scope, Shape.of(2, WIDTH), new float[2 * WIDTH]),
              Tensor.of(scope, Shape.of(3, WIDTH), new float[3 * WIDTH]));
      String said =
          String.valueOf(
              assertThrows(TensorException.class, () -> program.run(scope, held, uneven))
                  .getMessage());
      assertTrue(said.startsWith("Operator add in layer block"), said);
    }
  }
}
