package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FasterTypeTest {
  private static Engine engine;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    engine = Engine.open();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void whatWasMeasuredOnceStaysTheChoice() throws IOException {
    Path file = folder.resolve("new/compute.properties");
    FasterType first = FasterType.remembered(engine, file);
    assertTrue(first.f32Millis() > 0 && first.bf16Millis() > 0, first.toString());
    String text = Files.readString(file);
    String other = first.type() == DType.F32 ? "BF16" : "F32";
    Files.writeString(file, text.replaceAll("=(BF16|F32) .*", "=" + other + " 1.00 2.00"));
    assertEquals(other, FasterType.remembered(engine, file).type().toString());
  }

  @Test
  void aDamagedOrUnwritableFileOnlyCostsAnotherMeasurement() throws IOException {
    Path damaged = folder.resolve("compute.properties");
    Files.writeString(damaged, "\\u12 not properties");
    assertTrue(FasterType.remembered(engine, damaged).f32Millis() > 0);
    Path below = Files.writeString(folder.resolve("file"), "").resolve("compute.properties");
    assertTrue(FasterType.remembered(engine, below).f32Millis() > 0);
  }

  @Test
  void theProcessorHasAName() {
    assertTrue(!Processor.model().isBlank());
  }
}
