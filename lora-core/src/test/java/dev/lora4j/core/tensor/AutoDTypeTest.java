package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.runtime.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoDTypeTest {
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
  void measuredTypeIsRemembered() throws IOException {
    Path file = folder.resolve("new/compute.properties");
    AutoDType first = AutoDType.remembered(engine, file);
    assertTrue(first.f32Millis() > 0 && first.bf16Millis() > 0, first.toString());
    String text = Files.readString(file);
    String other = first.type() == DType.F32 ? "BF16" : "F32";
    Files.writeString(file, text.replaceAll("=(BF16|F32) .*", "=" + other + " 1.00 2.00"));
    assertEquals(other, AutoDType.remembered(engine, file).type().toString());
  }

  @Test
  void damagedOrUnwritableFileCausesNewMeasurement() throws IOException {
    Path damaged = folder.resolve("compute.properties");
    Files.writeString(damaged, "\\u12 not properties");
    assertTrue(AutoDType.remembered(engine, damaged).f32Millis() > 0);
    Path below = Files.writeString(folder.resolve("file"), "").resolve("compute.properties");
    assertTrue(AutoDType.remembered(engine, below).f32Millis() > 0);
  }

  /** Milliseconds of little work in F32 and BF16, of more work, and how often is asked. */
  @ParameterizedTest
  @CsvSource({
    "8, 7, 30, 20, 2, BF16",
    "8, 7, 30, 29, 2, F32",
    "9, 200, 0, 0, 1, F32",
    "60, 9, 0, 0, 1, BF16",
    "73000, 106000, 0, 0, 1, F32",
    "200, 150, 0, 0, 1, BF16"
  })
  void moreWorkIsMeasuredOnlyWhenUndecided(
      double f32, double bf16, double moreF32, double moreBf16, int asked, DType type) {
    List<Integer> channels = new ArrayList<>();
    AutoDType found =
        AutoDType.measure(
            c -> {
              channels.add(c);
              return channels.size() == 1
                  ? new InterleavedTiming(f32, bf16)
                  : new InterleavedTiming(moreF32, moreBf16);
            });
    assertEquals(type, found.type());
    assertEquals(asked, channels.size(), channels.toString());
  }

  @Test
  void theProcessorHasAName() {
    assertTrue(!Processor.model().isBlank());
  }
}
