package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
  private static final Engine ENGINE = Engine.open();

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Program program(Scope scope, int products) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(4, 4));
    Expr y = x;
    for (int i = 0; i < products; i++) {
      y = y.matmul(x);
    }
    return graph.inference(scope, List.of(y));
  }

  @Test
  void traceRecordsOnlyTheProfiledRuns() throws IOException {
    Path trace = folder.resolve("trace.json");
    try (Scope scope = ENGINE.scope("test")) {
      Program three = program(scope, 3);
      Tensor x = Tensor.of(scope, Shape.of(4, 4), new float[16]);
      three.run(scope, x);
      String thread =
          ENGINE.profile(
              trace,
              () -> {
                three.run(scope, x);
                three.run(scope, x);
                return Thread.currentThread().getName();
              });
      three.run(scope, x);
      assertTrue(thread.startsWith("lora4j-"), thread);
    }
    JsonArray events = JsonParser.parseString(Files.readString(trace)).getAsJsonArray();
    int products = 0;
    for (JsonElement event : events) {
      assertTrue(event.getAsJsonObject().get("dur").getAsDouble() >= 0);
      products += event.getAsJsonObject().get("name").getAsString().equals("aten::mm") ? 1 : 0;
    }
    assertEquals(2 * 3, products);
  }

  @Test
  void endsWhenTheWorkFails() throws IOException {
    Path trace = folder.resolve("trace.json");
    assertThrows(
        IllegalStateException.class,
        () ->
            ENGINE.profile(
                trace,
                () -> {
                  throw new IllegalStateException("on purpose");
                }));
    assertTrue(JsonParser.parseString(Files.readString(trace)).getAsJsonArray().isEmpty());
    Files.delete(trace);
    try (Scope scope = ENGINE.scope("test")) {
      program(scope, 1).run(scope, Tensor.of(scope, Shape.of(4, 4), new float[16]));
    }
    assertFalse(Files.exists(trace));
  }

  @Test
  void aTraceThatCannotBeWrittenIsNamed() {
    Path trace = folder.resolve("no such folder/trace.json");
    TensorException thrown =
        assertThrows(TensorException.class, () -> ENGINE.profile(trace, () -> 1));
    assertTrue(thrown.getMessage().contains(trace.toString()), thrown.getMessage());
  }
}
