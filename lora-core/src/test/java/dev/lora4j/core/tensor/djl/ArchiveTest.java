package dev.lora4j.core.tensor.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ArchiveTest {
  private static byte[] written() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 4));
    Expr w = graph.held("block.1.weight", DType.F32, Shape.of(4, 4)).trainable();
    Expr y =
        graph
            .checkpoint(() -> List.of(x.linear(w).mul(0.1).silu().reshape(x.dim(0), x.dim(1))))
            .get(0);
    Expr loss = y.pow(2).mean();
    List<Expr> outputs = new ArrayList<>(List.of(loss));
    outputs.addAll(graph.gradients(loss, List.of(w)));
    return Archive.of(graph.source(outputs, Device.CPU));
  }

  /** Neither the time nor the place nor what was staged before is in it. */
  @Test
  void archiveWrittenTwiceHasTheSameBytes() throws Exception {
    byte[] first = written();
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
      Thread.sleep(2100); // zip entries count time in steps of two seconds
      assertArrayEquals(first, written());
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
    assertFalse(Arrays.equals(first, Archive.of("class M(Module):\n")));
  }

  @Test
  void entriesAreStoredUnderOneFolder() throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(written()))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        assertEquals(ZipEntry.STORED, e.getMethod());
        names.add(e.getName());
      }
    }
    assertEquals(
        List.of("a/version", "a/constants.pkl", "a/data.pkl", "a/code/__torch__.py"), names);
  }
}
