package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short trainings find a rate, and leave what is there as it is. */
class FindRateTest {
  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run train(Object... more) {
    return new SmallTraining(folder).train(more);
  }

  @Test
  void ratesAndAlphasAreTriedAndTheBestIsTold() throws IOException {
    Run run = train("--find-rate", "--find-steps=4", "--lr=1e-3", "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject found = run.json();
    assertEquals(7, found.getAsJsonArray("trials").size());
    Set<Double> rates = new HashSet<>();
    Set<Double> alphas = new HashSet<>();
    Map<Double, Double> scores = new HashMap<>();
    for (JsonElement element : found.getAsJsonArray("trials")) {
      JsonObject trial = element.getAsJsonObject();
      rates.add(trial.get("rate").getAsDouble());
      alphas.add(trial.get("alpha").getAsDouble());
      if (trial.has("score")) {
        double score = trial.get("score").getAsDouble();
        scores.merge(trial.get("rate").getAsDouble(), score, Math::min);
        assertEquals(4, trial.getAsJsonArray("losses").size());
      }
    }
    assertEquals(Set.of(1e-4, 3e-4, 1e-3, 3e-3, 1e-2), rounded(rates));
    assertEquals(Set.of(1.0, 2.0, 4.0), alphas);
    double least = scores.values().stream().mapToDouble(s -> s).min().orElseThrow();
    double best =
        scores.entrySet().stream()
            .filter(e -> e.getValue() <= 1.01 * least)
            .mapToDouble(Map.Entry::getKey)
            .min()
            .orElseThrow();
    assertEquals(best, found.get("lr").getAsDouble());
    Path chart = Path.of(found.get("chart").getAsString());
    assertEquals(folder.resolve("style.run/rates.png"), chart);
    assertTrue(ImageIO.read(chart.toFile()).getWidth() > 100);
    assertFalse(Files.exists(folder.resolve("style.safetensors")));
    // It is no earlier run that a training would have to spare.
    assertEquals(0, train("--steps=1").code());
    byte[] style = Files.readAllBytes(folder.resolve("style.safetensors"));
    Run unsure = train("--find-rate", "--find-steps=1");
    assertTrue(unsure.out().contains("--set validation.split=0.1"), unsure.out());
    assertTrue(unsure.out().matches("(?s).*Train with --lr \\S+ --alpha \\S+\\R.*"), unsure.out());
    Run again = train("--find-rate", "--find-steps=1", "--set=validation.split=0.5");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("validation"), again.out());
    assertTrue(again.out().contains("Train with --lr "), again.out());
    assertTrue(again.out().contains("<- take this"), again.out());
    assertEquals(style.length, Files.size(folder.resolve("style.safetensors")));
  }

  private static Set<Double> rounded(Set<Double> rates) {
    return rates.stream().map(r -> Math.rint(r * 1e6) / 1e6).collect(Collectors.toSet());
  }

  @Test
  void whatFindsItsRateItselfIsRefused() {
    assertTrue(train("--find-rate", "--optimizer=prodigy").err().contains("finds its rate itself"));
    assertTrue(train("--find-rate", "--resume").err().contains("does not go with --find-rate"));
    assertTrue(train("--find-rate", "--find-steps=0").err().contains("at least 1, found 0"));
    assertTrue(train("--find-steps=3").err().contains("does nothing without --find-rate"));
    Run full = train("--find-rate", "--find-steps=1", "--method=full", "--lr=1e-5", "--json");
    assertEquals(0, full.code(), full.err());
    assertEquals(5, full.json().getAsJsonArray("trials").size(), "it has no alpha");
  }
}
