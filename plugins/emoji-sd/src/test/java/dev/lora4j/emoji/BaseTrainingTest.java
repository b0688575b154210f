package dev.lora4j.emoji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class BaseTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";
  private static final String TEXT = "text_encoder/model.safetensors";

  @TempDir private static Path folder;
  private static Path recipe;
  private static BaseRun whole;
  private static double decibels;
  private static double loss;

  @BeforeAll
  static void train() throws IOException {
    recipe = TinyRecipe.write(folder);
    whole = run("whole");
    BaseTraining training = BaseTraining.of(LORA, whole, false, line -> {});
    decibels = training.autoencoder();
    loss = training.denoiser();
  }

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static BaseRun run(String work, String... over) {
    Map<String, String> all = new HashMap<>();
    all.put("work", folder.resolve(work).toString());
    for (int i = 0; i < over.length; i += 2) {
      all.put(over[i], over[i + 1]);
    }
    return BaseRun.read(recipe, all);
  }

  private static byte[] file(BaseRun run, String name) throws IOException {
    return Files.readAllBytes(run.folder().resolve(name));
  }

  /** Runs a stage that is interrupted after its first step, then again to its end. */
  private static double interrupted(BaseRun run, ToDoubleFunction<BaseTraining> stage) {
    Consumer<String> stopping =
        line -> {
          if (line.contains("step 1 of")) {
            Thread.currentThread().interrupt();
          }
        };
    BaseTraining stopped = BaseTraining.of(LORA, run, false, stopping);
    assertThrows(CancellationException.class, () -> stage.applyAsDouble(stopped));
    assertTrue(Thread.interrupted(), "whoever asked for the stop can still see that");
    List<String> lines = new ArrayList<>();
    double score = stage.applyAsDouble(BaseTraining.of(LORA, run, false, lines::add));
    assertFalse(lines.stream().anyMatch(l -> l.contains("step 1 of")), lines.toString());
    assertTrue(lines.stream().anyMatch(l -> l.contains("step 3 of 3")), lines.toString());
    return score;
  }

  @Test
  void stagesAreScoredAndLeaveAUsableBase() {
    assertTrue(decibels > 0 && decibels < 60, "" + decibels);
    assertTrue(loss > 0 && loss < 20, "" + loss);
    try (StableDiffusion sd = StableDiffusion.open(LORA, whole.folder())) {
      BufferedImage image = sd.generate(Prompt.of("ball 1").steps(2).seed(1)).image();
      assertEquals(Recipe.SIDE, image.getWidth());
      assertEquals(Recipe.SIDE, image.getHeight());
    }
  }

  @Test
  void stoppedStagesResumeToTheSameBits() throws IOException {
    BaseRun run = run("stopped");
    assertEquals(decibels, interrupted(run, BaseTraining::autoencoder));
    assertEquals(loss, interrupted(run, BaseTraining::denoiser));
    for (String name : List.of(VaeStage.WEIGHTS, UNET, TEXT)) {
      assertArrayEquals(file(whole, name), file(run, name), name);
    }
  }

  @Test
  void aFinishedStageIsNotTrainedAgain() throws IOException {
    byte[] before = file(whole, VaeStage.WEIGHTS);
    List<String> lines = new ArrayList<>();
    assertEquals(decibels, BaseTraining.of(LORA, whole, false, lines::add).autoencoder());
    assertEquals(List.of(lines.get(0)), lines);
    assertTrue(lines.get(0).endsWith("after step 3"), lines.toString());
    assertArrayEquals(before, file(whole, VaeStage.WEIGHTS));
  }

  @Test
  void anotherSeedMakesAnotherBase() throws IOException {
    BaseRun other = run("other", "seed", "4", "vae.steps", "1");
    BaseTraining.of(LORA, other, false, line -> {}).autoencoder();
    assertFalse(
        java.util.Arrays.equals(file(whole, VaeStage.WEIGHTS), file(other, VaeStage.WEIGHTS)));
  }

  @Test
  void stageOfNoStepsKeepsItsStartWeights() throws IOException {
    BaseRun kept =
        run("kept", "vae.start", whole.folder().toString(), "vae.steps", "0", "seed", "4");
    BaseTraining.of(LORA, kept, false, line -> {}).autoencoder();
    assertArrayEquals(file(whole, VaeStage.WEIGHTS), file(kept, VaeStage.WEIGHTS));
  }

  @Test
  void startWeightsOfOtherSizesAreRefused() {
    BaseRun other =
        run("sizes", "vae.start", whole.folder().toString(), "vae.channels", "8,8,8,16");
    BaseTraining training = BaseTraining.of(LORA, other, false, line -> {});
    RunProblems e = assertThrows(RunProblems.class, training::autoencoder);
    assertTrue(e.getMessage().contains(VaeStage.WEIGHTS), e.getMessage());
    assertTrue(e.getMessage().contains("weights do not fit"), e.getMessage());
  }

  @Test
  void configurationsOfAFolderStandForThoseOfKeys() throws IOException {
    Path other = folder.resolve("configs.toml");
    String keys = Files.readString(recipe);
    int text = keys.indexOf("[text_encoder]");
    String networks = "channels = [8, 16]\nheads = [2, 2]\ngroups = 4\n";
    assertTrue(keys.contains(networks), keys);
    Files.writeString(
        other,
        keys.substring(0, text)
            + keys.substring(keys.indexOf("[denoiser]"))
                .replace(networks, "configs = \"whole/base\"\n"));
    BaseRun run = BaseRun.read(other, Map.of("work", folder.resolve("configs").toString()));
    BaseTraining training = BaseTraining.of(LORA, run, false, line -> {});
    assertEquals(decibels, training.autoencoder());
    assertEquals(loss, training.denoiser());
    for (String name : List.of(UNET, TEXT, "unet/config.json", "text_encoder/config.json")) {
      assertArrayEquals(file(whole, name), file(run, name), name);
    }
    // The saved settings name the folder alone, and go on.
    assertEquals(
        List.of(), run.differences(BaseRun.read(run.work().resolve("base.toml"), Map.of())));
  }

  @Test
  void folderOfOtherSettingsIsRefusedUnlessOverwritten() {
    BaseRun first = run("settings");
    BaseTraining.of(LORA, first, false, line -> {});
    BaseRun second = run("settings", "seed", "5", "vae.batch", "3", "vae.steps", "9");
    RunProblems e =
        assertThrows(RunProblems.class, () -> BaseTraining.of(LORA, second, false, line -> {}));
    assertEquals(3, e.problems().size(), e.getMessage());
    assertTrue(e.problems().get(0).contains("seed was 3 and is 5"), e.getMessage());
    assertTrue(e.problems().get(1).contains("vae.batch was 2 and is 3"), e.getMessage());
    BaseTraining.of(LORA, second, true, line -> {});
    BaseTraining.of(LORA, second, false, line -> {});
  }

  @Test
  void denoiserOfAnotherAutoencoderIsNotResumed() throws IOException {
    BaseRun run = run("mixed");
    BaseTraining training = BaseTraining.of(LORA, run, false, line -> {});
    training.autoencoder();
    training.denoiser();
    byte[] before = file(run, VaeStage.WEIGHTS);
    BaseRun longer = run("mixed", "vae.steps", "4");
    BaseTraining again = BaseTraining.of(LORA, longer, false, line -> {});
    RunProblems e = assertThrows(RunProblems.class, again::autoencoder);
    assertTrue(e.getMessage().contains("was trained on the autoencoder as it is"), e.getMessage());
    assertTrue(e.getMessage().contains("--overwrite"), e.getMessage());
    assertArrayEquals(before, file(run, VaeStage.WEIGHTS));
    assertEquals(training.denoiser(), BaseTraining.of(LORA, run, false, l -> {}).denoiser());
  }

  @Test
  void replacedAutoencoderOfADenoiserIsRefused() throws IOException {
    BaseRun run = run("replaced");
    BaseTraining training = BaseTraining.of(LORA, run, false, line -> {});
    training.autoencoder();
    training.denoiser();
    BaseRun other = run("replacing", "seed", "4", "vae.steps", "1");
    BaseTraining.of(LORA, other, false, line -> {}).autoencoder();
    Files.write(run.folder().resolve(VaeStage.WEIGHTS), file(other, VaeStage.WEIGHTS));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, training::denoiser);
    assertTrue(e.getMessage().contains("another autoencoder"), e.getMessage());
  }

  @Test
  void problemsOfAllStagesAreReportedFirst() throws IOException {
    Path data = folder.resolve("broken");
    Files.createDirectories(data);
    for (String name : List.of("concepts.tsv", "full-64.png")) {
      Files.copy(folder.resolve("atlas").resolve(name), data.resolve(name));
    }
    Files.writeString(data.resolve("hollow-64.png"), "no picture");
    BaseRun run =
        run(
            "early",
            "data",
            data.toString(),
            "vae.styles",
            "full",
            "denoiser.start",
            folder.resolve("nowhere").toString());
    RunProblems e =
        assertThrows(RunProblems.class, () -> BaseTraining.of(LORA, run, false, line -> {}));
    assertTrue(e.getMessage().contains("hollow-64.png is no picture"), e.getMessage());
    assertTrue(e.getMessage().contains("nowhere"), e.getMessage());
    Files.writeString(data.resolve("concepts.tsv"), "header\nx\ty\n");
    BaseRun table = run("early", "data", data.toString(), "vae.styles", "full");
    RunProblems line =
        assertThrows(RunProblems.class, () -> BaseTraining.of(LORA, table, false, l -> {}));
    assertTrue(line.getMessage().contains("concepts.tsv, line 2"), line.getMessage());
  }

  @Test
  void aStageWithoutFiniteGradientsEnds() {
    BaseRun run = run("diverged", "vae.rate", "1e30", "vae.steps", "100", "vae.warmup", "0");
    BaseTraining training = BaseTraining.of(LORA, run, false, line -> {});
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, training::autoencoder);
    assertTrue(e.getMessage().contains("the last 10 steps"), e.getMessage());
    assertTrue(e.getMessage().contains("lower vae.rate"), e.getMessage());
  }

  @Test
  void allAtlasesThatAreMissingAreNamed() {
    BaseRun run = run("missing", "vae.styles", "full,square", "denoiser.styles", "round");
    RunProblems e =
        assertThrows(RunProblems.class, () -> BaseTraining.of(LORA, run, false, line -> {}));
    assertTrue(e.getMessage().contains("lacks square-64.png, round-64.png"), e.getMessage());
  }

  @Test
  void holdingOutEveryPictureIsRefused() {
    BaseRun run = run("few", "vae.held_out", "8");
    RunProblems e =
        assertThrows(RunProblems.class, () -> BaseTraining.of(LORA, run, false, line -> {}));
    assertTrue(e.getMessage().contains("8 pictures"), e.getMessage());
  }

  @Test
  void bundledRecipeEqualsTheDefaults() throws IOException {
    BaseRun recipeOfTheBundled = BaseRun.read(Path.of("base.toml"), Map.of());
    Path empty = folder.resolve("empty.toml");
    Files.writeString(empty, "data = \"x\"\nwork = \"y\"\n");
    BaseRun without = BaseRun.read(empty, Map.of());
    assertEquals(without.autoencoder(), recipeOfTheBundled.autoencoder());
    assertEquals(without.denoiser(), recipeOfTheBundled.denoiser());
    assertEquals(without.captions(), recipeOfTheBundled.captions());
    assertEquals(List.of(), without.differences(recipeOfTheBundled));
  }
}
