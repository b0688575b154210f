package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a program makes out of numbers is on its device. No card is needed to see it: libtorch has a
 * device without memory, {@code meta}, and refuses to mix it with the CPU as it refuses to mix a
 * card with the CPU.
 */
class FactoriesTest {
  private static final Engine ENGINE = Engine.open();
  private static final Keyword F32 = Keyword.of("dtype", DType.F32);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Stages a tensor of four elements. */
  private record Made(String operator, Function<Graph, Expr> staged) {
    @Override
    public String toString() {
      return operator;
    }
  }

  private static Made made(String operator, Object... arguments) {
    return new Made(operator, graph -> graph.call(operator, DType.F32, Shape.of(4), arguments));
  }

  static List<Made> factories() {
    return List.of(
        made("arange", 4, F32),
        made("blackman_window", 4, F32),
        made("empty", List.of(4), F32),
        made("full", List.of(4), 1.5, F32),
        made("hann_window", 4, F32),
        made("linspace", 0, 1, 4, F32),
        made("normal", 0.0, 1.0, List.of(4), F32),
        made("ones", List.of(4), F32),
        made("rand", List.of(4), F32),
        made("randint", 9, List.of(4), F32),
        made("randn", List.of(4), F32),
        made("zeros", List.of(4), F32));
  }

  @ParameterizedTest
  @MethodSource("factories")
  void madeTensorsAreOnTheProgramsDevice(Made made) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(4));
    Expr there = graph.call("to", DType.F32, x.shape(), x, Keyword.of("device", meta()));
    String text = graph.source(List.of(made.staged().apply(graph).add(there)), Device.CPU);
    assertEquals(Shape.of(4), run(text.replace("device(\"cpu\")", "device(\"meta\")")));
    Backend.NativeFailure mixed =
        assertThrows(Backend.NativeFailure.class, () -> run(text), "the test sees no difference");
    assertTrue(mixed.getMessage().contains("same device"), mixed.getMessage());
  }

  @Test
  void aDeviceThatIsNamedStays() {
    Graph graph = new Graph();
    Keyword device = Keyword.of("device", meta());
    Expr ones = graph.call("ones", DType.F32, Shape.of(4), List.of(4), F32, device);
    String text = graph.source(List.of(ones), Device.cuda(1));
    assertTrue(text.contains("torch.ones([4], dtype=6, device=torch.device(\"meta\"))"), text);
    assertTrue(text.contains("device = torch.device(\"cuda:1\")"), text);
  }

  /** A type whose text stands in a program as it is. */
  private static Object meta() {
    return new Object() {
      @Override
      public String toString() {
        return "torch.device(\"meta\")";
      }
    };
  }

  private static Shape run(String text) {
    Backend backend = ENGINE.backend();
    return ENGINE.call(
        () -> {
          Backend.Handle x = backend.create(DType.F32, Shape.of(4), ByteBuffer.allocate(16));
          Backend.Handle module = backend.load(text);
          Backend.Handle result =
              backend.run(module, List.of(x), Optional.empty(), Backend.Mode.INFERENCE).get(0);
          Shape shape = backend.shape(result);
          List.of(x, module, result).forEach(backend::free);
          return shape;
        });
  }

  /** libtorch has the signatures of its operators as text in it. */
  @Test
  void factoryNamesAreAllThoseOfLibtorch() throws IOException {
    Set<String> found = new TreeSet<>();
    try (FileChannel file =
        FileChannel.open(ENGINE.nativeFolder().resolve(System.mapLibraryName("torch_cpu")))) {
      MappedByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      byte[] wanted = "Device? device".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bytes.limit() - wanted.length; i++) {
        if (bytes.get(i) == wanted[0] && matches(bytes, i, wanted)) {
          factory(signature(bytes, i), found);
        }
      }
    }
    found.remove("from_file");
    assertEquals(new TreeSet<>(Factories.NAMES), found);
  }

  private static boolean matches(MappedByteBuffer bytes, int at, byte... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (bytes.get(at + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** The text around a place, from zero to zero. */
  private static String signature(MappedByteBuffer bytes, int at) {
    int begin = at;
    while (begin > 0 && at - begin < 1000 && bytes.get(begin - 1) != 0) {
      begin--;
    }
    int end = at;
    while (end < bytes.limit() && end - at < 1000 && bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - begin];
    bytes.get(begin, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static void factory(String signature, Set<String> found) {
    String plain = signature.replaceFirst("^aten::", "");
    boolean whole = plain.matches("[a-z]\\w*(\\.\\w+)?\\(.*\\) *-> *.*");
    if (whole && !plain.substring(0, plain.indexOf("->")).contains("Tensor")) {
      found.add(plain.replaceFirst("[.(].*", ""));
    }
  }
}
