package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseRunTest {
  private static final String PLACES = "kind = \"base\"\ndata = \"atlas\"\nwork = \"out\"\n";

  @TempDir Path folder;

  private Path file(String text) throws Exception {
    Path file = folder.resolve("base.toml");
    Files.writeString(file, text);
    return file;
  }

  private BaseRun read(String text, Map<String, String> over) throws Exception {
    return BaseRun.read(file(PLACES + text), over);
  }

  private List<String> problems(String text) throws Exception {
    return assertThrows(RunProblems.class, () -> read(text, Map.of())).problems();
  }

  @ParameterizedTest
  @CsvSource({
    "sede = 3, sede, seed",
    "'[vae]\nbach = 3', vae.bach, vae.batch",
    "'[unet]\nheads = [3]', unet.heads, denoiser.heads",
    "'min_snr_gamma = 3', min_snr_gamma, denoiser.min_snr_gamma",
    "'[adapter]\nrank = 3', adapter.rank, docs/training-keys.md",
  })
  void anUnknownKeyNamesTheNearest(String text, String key, String nearest) throws Exception {
    List<String> problems = problems(text);
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("has no key " + key + ";"), problems.get(0));
    assertTrue(problems.get(0).contains(nearest), problems.get(0));
  }

  @Test
  void mistakesAreReportedTogetherWithTheirLines() throws Exception {
    assertEquals(
        List.of(
            "base.toml, line 5: vae.batch takes a whole number of at least 1, found 0.",
            "base.toml, line 6: vae.channels takes a list of whole numbers of at least 1, found"
                + " [8, 0].",
            "base.toml, line 8: denoiser.beta2 takes a number from 0 to 0.9999999999999999, found"
                + " 1."),
        problems("[vae]\nbatch = 0\nchannels = [8, 0]\n[denoiser]\nbeta2 = 1\n"));
  }

  @Test
  void conflictingSettingsAreReportedTogether() throws Exception {
    List<String> problems =
        problems(
            """
            [vae]
            channels = [32, 30]
            [text_encoder]
            width = 130
            [denoiser]
            styles = []
            channels = [96, 160, 160, 160, 160, 160, 160]
            heads = [3, 5, 5, 5, 5, 5, 3]
            [score]
            style = "ink"
            """);
    assertEquals(6, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("vae.channels has 30, no multiple of vae.groups = 8"));
    assertTrue(problems.get(1).contains("denoiser.channels has 160, which 3 heads cannot share"));
    assertTrue(problems.get(2).contains("text_encoder.width has 130, which 4 heads"));
    assertTrue(problems.get(3).contains("halve the sides of pictures 7 times"));
    assertTrue(problems.get(4).contains("denoiser.styles is empty"));
    assertTrue(problems.get(5).contains("score.style is \"ink\""));
  }

  @Test
  void keysThatConfigurationsStandForAreRefused() throws Exception {
    List<String> problems =
        problems("[text_encoder]\nwidth = 64\n[denoiser]\nconfigs = \"flow\"\nheads = [2, 2]\n");
    assertEquals(
        List.of(
            "base.toml, line 5: text_encoder.width has no effect beside denoiser.configs, whose files"
                + " say it; leave one of them out.",
            "base.toml, line 8: denoiser.heads has no effect beside denoiser.configs, whose files say"
                + " it; leave one of them out."),
        problems);
    BaseRun run = read("[denoiser]\nconfigs = \"flow\"\n", Map.of());
    assertEquals(Optional.of(folder.resolve("flow")), run.denoiser().configs());
    assertFalse(run.toml().contains("heads"), run.toml());
  }

  @Test
  void missingPathsAreReportedTogether() throws Exception {
    Path file = file("seed = 1\n");
    RunProblems e = assertThrows(RunProblems.class, () -> BaseRun.read(file, Map.of()));
    assertEquals(2, e.problems().size(), e.getMessage());
    assertTrue(e.getMessage().contains("data is not set"), e.getMessage());
    assertTrue(e.getMessage().contains("work is not set"), e.getMessage());
  }

  @Test
  void filePathsAreRelativeToTheFile() throws Exception {
    BaseRun run = read("", Map.of("work", "here"));
    assertEquals(folder.resolve("atlas"), run.data());
    assertEquals(Path.of("here"), run.work());
  }

  @Test
  void stepsCountInsteadOfMinutes() throws Exception {
    StageSettings timed = read("", Map.of()).denoiser().stage();
    assertEquals(0.5, timed.share(7, timed.minutes() / 2));
    StageSettings counted =
        read("", Map.of("denoiser.steps", "20", "denoiser.warmup", "4")).denoiser().stage();
    assertEquals(0.5, counted.share(10, 1e6));
    assertEquals(1, counted.share(20, 0));
  }

  @Test
  void theRateRisesIsFullAndFalls() throws Exception {
    String keys = "[vae]\nrate = 2\nwarmup = 4\nfull = 0.5\nleast = 0.1\nsteps = 100\n";
    StageSettings stage = read(keys, Map.of()).autoencoder().stage();
    assertEquals(0.5, stage.rateAt(0, 0));
    assertEquals(2, stage.rateAt(0.03, 3));
    assertEquals(2, stage.rateAt(0.5, 50));
    assertEquals(1, stage.rateAt(0.75, 75), 1e-12);
    assertEquals(0.2, stage.rateAt(1, 100), 1e-12);
  }

  @Test
  void savedSettingsGiveTheSameRun() throws Exception {
    BaseRun run =
        read("[vae]\nsteps = 7\nchannels = [8, 16]\n[score]\nstyle = \"noto\"\n", Map.of());
    Path kept = folder.resolve("kept.toml");
    Files.writeString(kept, run.toml());
    BaseRun again = BaseRun.read(kept, Map.of());
    assertEquals(run.autoencoder(), again.autoencoder());
    assertEquals(run.denoiser(), again.denoiser());
    assertEquals(run.captions(), again.captions());
    assertEquals(run.scoring(), again.scoring());
    assertEquals(run.data(), again.data());
  }

  @Test
  void budgetsAndScoresMayChangeOnResume() throws Exception {
    BaseRun begun = read("", Map.of());
    Map<String, String> free = Map.of("vae.minutes", "3", "score.concepts", "0", "work", "x");
    assertEquals(List.of(), read("", free).differences(begun));
    assertEquals(
        List.of("denoiser.heads was [3, 5] and is [6, 5]"),
        read("", Map.of("denoiser.heads", "6,5")).differences(begun));
  }

  @Test
  void folderPathsAreComparedNormalised() throws Exception {
    String here = Path.of("start/at").toAbsolutePath().toString();
    BaseRun begun = read("", Map.of("vae.start", here));
    assertEquals(List.of(), read("", Map.of("vae.start", "start/./at")).differences(begun));
    assertEquals(1, read("", Map.of("vae.start", "start")).differences(begun).size());
    assertEquals(1, read("", Map.of()).differences(begun).size());
  }

  @Test
  void runFileKindDecidesBaseOrStyle() throws Exception {
    assertTrue(RunFile.describesBase(file(PLACES)));
    assertFalse(RunFile.describesBase(file("steps = 3\n")));
    Path other = file("steps = 3\nkind = \"style\"\n");
    RunProblems e = assertThrows(RunProblems.class, () -> RunFile.describesBase(other));
    assertTrue(e.getMessage().startsWith("base.toml, line 2: kind takes"), e.getMessage());
  }
}
