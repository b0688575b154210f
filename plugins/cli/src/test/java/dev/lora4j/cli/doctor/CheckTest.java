package dev.lora4j.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Finding;
import dev.lora4j.core.tensor.TensorException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTest {
  private static Finding thrown(RuntimeException failure) {
    throw failure;
  }

  private static Finding unlinked() {
    throw new UnsatisfiedLinkError("no gomp in java.library.path");
  }

  @Test
  void failedCheckIsReportedAndOthersRun() {
    List<Finding> all =
        Check.all(
            List.of(
                Check.of("first", () -> Finding.good("first", 1)),
                Check.of("native", CheckTest::unlinked),
                Check.of(
                    "fails", () -> thrown(new TensorException("bf16 path needs avx512bw\nmore"))),
                Check.of("silent", () -> thrown(new IllegalStateException())),
                Check.of("last", () -> Finding.good("last", 2))));
    assertEquals(
        List.of("first", "native", "fails", "silent", "last"),
        all.stream().map(Finding::name).toList());
    assertEquals(
        List.of(false, true, true, true, false), all.stream().map(Finding::problem).toList());
    assertEquals("cannot be told: bf16 path needs avx512bw", all.get(2).value());
    assertEquals("cannot be told: java.lang.IllegalStateException", all.get(3).value());
    assertTrue(all.get(1).remedy().orElse("").contains("report it"));
  }
}
