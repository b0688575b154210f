package dev.lora4j.core.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepTableTest {
  private static final List<String> COLUMNS = List.of("loss", "rate");
  @TempDir Path folder;

  @Test
  void goingOnForgetsLaterRowsAndATornOne() throws Exception {
    Path file = folder.resolve("log.csv");
    try (StepTable table = StepTable.open(file, COLUMNS, 0)) {
      table.row(1, 0.5, 1e-4);
      table.row(2, 0.25, Double.NaN);
      table.row(3, 0.125, 1);
    }
    Files.writeString(file, "4,0.0", StandardOpenOption.APPEND);
    try (StepTable table = StepTable.open(file, COLUMNS, 2)) {
      table.row(3, 7, 8);
    }
    assertEquals("step,loss,rate\n1,0.5,1.0E-4\n2,0.25,\n3,7.0,8.0\n", Files.readString(file));
  }

  @Test
  void aTableOfOtherColumnsIsBegunAnew() throws Exception {
    Path file = folder.resolve("log.csv");
    Files.writeString(file, "step,other\n1,2\n");
    StepTable.open(file, COLUMNS, 9).close();
    assertEquals("step,loss,rate\n", Files.readString(file));
  }

  @Test
  void aRowHasAsManyNumbersAsThereAreColumns() throws Exception {
    try (StepTable table = StepTable.open(folder.resolve("log.csv"), COLUMNS, 0)) {
      assertThrows(IllegalArgumentException.class, () -> table.row(1, 2));
    }
  }
}
