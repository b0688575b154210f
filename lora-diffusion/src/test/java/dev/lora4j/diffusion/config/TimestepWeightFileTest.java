package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of timesteps from a file that a run names. */
class TimestepWeightFileTest {
  @TempDir private Path folder = Path.of("");

  private RunSettings settings() throws IOException {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, "output = 'a.safetensors'\n[loss]\ntimestep_weights = 'w.txt'\n");
    SettingLayers layers = new SettingLayers();
    RunFile.read(file, layers);
    return RunSettings.of(layers.values());
  }

  @Test
  void linesAreWeightsFromMostNoiseToLeast() throws IOException {
    Files.writeString(folder.resolve("w.txt"), "2\n\n 0.5 \n1e-1\n");
    assertEquals(
        List.of(2.0, 0.5, 0.1), settings().style().objective().weights().timesteps().values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1\\nmuch|w.txt, line 2: expected a number of at least 0, found much",
        "1\\n-2|w.txt, line 2: expected a number of at least 0, found -2",
        "1\\nNaN|w.txt, line 2: expected a number of at least 0, found NaN",
        "1|w.txt has 1 numbers; expected at least two",
        "0\\n0|is 0 everywhere",
        "|there is no ",
      })
  void wrongFilesAreRefused(String text, String told) throws IOException {
    if (text != null) {
      Files.writeString(folder.resolve("w.txt"), text.replace("\\n", "\n"));
    }
    RunProblems e = assertThrows(RunProblems.class, this::settings);
    assertTrue(String.valueOf(e.getMessage()).contains(told), e.getMessage());
  }
}
