package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/quantised.md has every rounding, and says of every method what it takes to train it. */
class DocumentedRoundingsTest {
  private static List<String> names(Class<?> point) {
    return Extensions.installed().list(point).stream().map(one -> one.info().name()).toList();
  }

  private static List<String> missing(Collection<String> names) throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../../docs/quantised.md")).stream()
            .filter(line -> line.startsWith("| "))
            .map(line -> line.split("\\|", -1)[1])
            .toList();
    return names.stream()
        .filter(name -> rows.stream().noneMatch(row -> row.contains("`" + name + "`")))
        .toList();
  }

  @Test
  void everyRoundingHasARow() throws IOException {
    assertEquals(List.of(), missing(names(Quantisation.class)));
  }

  @Test
  void everyTrainedMethodHasARow() throws IOException {
    assertEquals(List.of(), missing(names(TrainableMethod.class)));
  }
}
