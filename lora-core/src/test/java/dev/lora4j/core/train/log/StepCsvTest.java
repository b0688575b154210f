package dev.lora4j.core.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCsvTest {
  private static final List<String> COLUMNS = List.of("loss", "rate");
  @TempDir Path folder;

  @Test
  void resumingDropsLaterAndTornRows() throws Exception {
    Path file = folder.resolve("log.csv");
    try (StepCsv table = StepCsv.open(file, COLUMNS, 0)) {
      table.row(1, 0.5, 1e-4);
      table.row(2, 0.25, Double.NaN);
      table.row(3, 0.125, 1);
    }
    Files.writeString(file, "4,0.0", StandardOpenOption.APPEND);
    try (StepCsv table = StepCsv.open(file, COLUMNS, 2)) {
      table.row(3, 7, 8);
    }
    assertEquals("step,loss,rate\n1,0.5,1.0E-4\n2,0.25,\n3,7.0,8.0\n", Files.readString(file));
  }

  @Test
  void fileOfOtherColumnsIsReplaced() throws Exception {
    Path file = folder.resolve("log.csv");
    Files.writeString(file, "step,other\n1,2\n");
    StepCsv.open(file, COLUMNS, 9).close();
    assertEquals("step,loss,rate\n", Files.readString(file));
  }

  @Test
  void rowOfWrongLengthIsRefused() throws Exception {
    try (StepCsv table = StepCsv.open(folder.resolve("log.csv"), COLUMNS, 0)) {
      assertThrows(IllegalArgumentException.class, () -> table.row(1, 2));
    }
  }
}
