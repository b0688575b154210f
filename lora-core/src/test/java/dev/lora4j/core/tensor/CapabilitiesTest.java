package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.runtime.Capabilities;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilitiesTest {
  @TempDir private Path home;

  /** What a fresh process with these capabilities says about itself. */
  private String told(String capabilities) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ReducedRun.class.getName());
    builder.environment().put(Capabilities.VARIABLE, capabilities);
    builder.environment().put("LORA4J_HOME", home.toString());
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }

  @Test
  void unknownNamesStopTheEngineWithTheirRemedy() throws Exception {
    String text = told("avx9");
    assertTrue(text.contains(Capabilities.VARIABLE + " is 'avx9'"), text);
    assertTrue(text.contains("avx512-bf16. Set it to one of these, or unset it."), text);
  }

  /** The words of libtorch on a real one. */
  @ParameterizedTest
  @ValueSource(strings = {"avx2", "sse4"})
  void unsupportedFastPathsAreRefusedAndReplaced(String word) throws Exception {
    String text = told(word);
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      assertTrue(text.contains("is for Linux on x86-64"), text);
      return;
    }
    assertTrue(
        text.contains("packed product in BF16: mkldnn_reorder_linear_weight: bf16 path needs"),
        text);
    assertTrue(text.contains("packed convolution in BF16: mkldnn_reorder_conv2d_weight: "), text);
    assertTrue(text.contains("sets " + (word.equals("avx2") ? "[avx2]" : "[]")), text);
    assertTrue(text.contains("results agree"), text);
    assertTrue(text.contains(Capabilities.VARIABLE + " is " + word), text);
  }

  @Test
  void noneDisablesEveryFastPath() throws Exception {
    String text = told("none");
    if (System.getProperty("os.arch").equals("amd64")
        && System.getProperty("os.name").equals("Linux")) {
      assertTrue(text.contains("packed convolution in F32: " + Capabilities.VARIABLE), text);
      assertTrue(text.contains("results agree"), text);
    } else {
      assertTrue(text.contains("is for Linux on x86-64"), text);
    }
  }

  @Test
  void f32ProgramTriesNoBf16FastPath() {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(1, 8, 8, 8));
      Expr w = graph.weight("w", DType.F32, Shape.of(8, 8, 3, 3));
      Expr matrix = graph.weight("m", DType.F32, Shape.of(8, 8));
      Program program = graph.inference(scope, List.of(x.conv2d(w, 1, 1).linear(matrix)));
      assertEquals(2, program.heldInputs().size());
      assertEquals(Set.of(FastPath.CONVOLUTION_F32), engine.fastPaths().tried());
    }
  }
}
