package dev.lora4j.flow.sd3;

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
import dev.lora4j.emoji.BaseTraining;
import dev.lora4j.flow.TinyPipeline;
import dev.lora4j.testkit.TinyAtlas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Stable Diffusion 3 of a few thousand weights that is trained from random ones. */
class Sd3BaseTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final List<String> WEIGHTS =
      List.of(
          "transformer/diffusion_pytorch_model.safetensors",
          "text_encoder/model.safetensors",
          "text_encoder_2/model.safetensors");

  @TempDir private Path folder;
  private Path recipe = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  @BeforeEach
  void write() throws IOException {
    TinyAtlas.write(folder.resolve("atlas"));
    Path configs = Files.createDirectories(folder.resolve("configs"));
    TinyPipeline.SD3.without(configs, "text_encoder_3");
    for (String part : List.of("text_encoder", "text_encoder_2")) {
      TinyPipeline.edit(
          configs.resolve(part).resolve("config.json"),
          json ->
              json.replaceAll("\"vocab_size\": \\d+", "\"vocab_size\": 530")
                  .replaceAll("\"eos_token_id\": \\d+", "\"eos_token_id\": 522")
                  .replaceAll(
                      "\"max_position_embeddings\": \\d+", "\"max_position_embeddings\": 12"));
    }
    Files.writeString(configs.resolve("generation_config.json"), "{\"max_sequence_length\": 0}");
    recipe = folder.resolve("flow.toml");
    Files.writeString(
        recipe,
        """
        kind = "base"
        data = "atlas"
        work = "work"
        seed = 3
        compute = "f32"
        dtype = "f32"
        checkpoint_minutes = 0
        [vae]
        styles = ["full", "hollow"]
        channels = [8, 8, 8, 8]
        latent_channels = 16
        groups = 4
        steps = 2
        batch = 2
        held_out = 2
        [denoiser]
        configs = "configs"
        styles = ["full", "hollow"]
        steps = 40
        warmup = 4
        lr = 1e-2
        batch = 8
        average = 0
        held_out = 2
        [score]
        concepts = 0
        """);
  }

  private BaseRun run(String work, String... over) {
    Map<String, String> all = new HashMap<>();
    all.put("work", folder.resolve(work).toString());
    for (int i = 0; i < over.length; i += 2) {
      all.put(over[i], over[i + 1]);
    }
    return BaseRun.read(recipe, all);
  }

  private static double train(BaseRun run, Consumer<String> log) {
    BaseTraining training = BaseTraining.of(LORA, run, false, log);
    training.autoencoder();
    return training.denoiser();
  }

  private List<String> problems() {
    return assertThrows(
            RunProblems.class, () -> BaseTraining.of(LORA, run("wrong"), false, line -> {}))
        .problems();
  }

  @Test
  void itLearnsAndDraws() {
    double before = train(run("begun", "denoiser.steps", "1"), line -> {});
    BaseRun whole = run("whole");
    double after = train(whole, line -> {});
    assertTrue(after < 0.9 * before, before + " became " + after);
    try (StableDiffusion sd = StableDiffusion.open(LORA, whole.folder())) {
      assertEquals(64, sd.generate(Prompt.of("ball 1").steps(2).seed(1)).image().getWidth());
      int width = sd.base().denoiser().crossAttentionDim();
      assertEquals(12, sd.encodeCaptions(List.of("ball"), 0).get(0).context().length / width);
    }
  }

  @Test
  void aStoppedTrainingResumesToTheSameBits() throws IOException {
    BaseRun whole = run("whole", "denoiser.steps", "3");
    train(whole, line -> {});
    BaseRun stopped = run("stopped", "denoiser.steps", "3");
    Consumer<String> stop =
        line -> {
          if (line.contains("denoiser: step 1 of")) {
            Thread.currentThread().interrupt();
          }
        };
    assertThrows(CancellationException.class, () -> train(stopped, stop));
    assertTrue(Thread.interrupted());
    train(stopped, line -> assertFalse(line.contains("denoiser: step 1 of"), line));
    for (String name : WEIGHTS) {
      assertArrayEquals(
          Files.readAllBytes(whole.folder().resolve(name)),
          Files.readAllBytes(stopped.folder().resolve(name)),
          name);
    }
  }

  @Test
  void otherConfigurationsAreNotResumed() {
    BaseRun run = run("changed", "denoiser.steps", "2");
    train(run, line -> {});
    TinyPipeline.edit(
        folder.resolve("configs/transformer/config.json"),
        json -> json.replaceAll("\"num_layers\": \\d+", "\"num_layers\": 5"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> train(run, line -> {}));
    assertTrue(e.getMessage().contains("another architecture"), e.getMessage());
  }

  @Test
  void sizesThatDoNotFitAreNamedFirst() {
    TinyPipeline.edit(
        folder.resolve("configs/transformer/config.json"),
        json -> json.replaceAll("\"sample_size\": \\d+", "\"sample_size\": 16"));
    TinyPipeline.edit(
        folder.resolve("configs/text_encoder_2/config.json"),
        json -> json.replaceAll("\"vocab_size\": \\d+", "\"vocab_size\": 531"));
    List<String> problems = problems();
    assertEquals(2, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("sample_size is 16"), problems.get(0));
    assertTrue(problems.get(1).contains("text_encoder_2 has another vocab_size"), problems.get(1));
  }

  @Test
  void anotherEndOfTextsIsNamedFirst() {
    for (String part : List.of("text_encoder", "text_encoder_2")) {
      TinyPipeline.edit(
          folder.resolve("configs").resolve(part).resolve("config.json"),
          json -> json.replaceAll("\"eos_token_id\": \\d+", "\"eos_token_id\": 500"));
    }
    assertEquals(
        List.of(
            "denoiser.configs: eos_token_id is 500, but the vocabulary made from the captions ends"
                + " texts with 522; write that there."),
        problems());
  }

  @Test
  void aT5IsRefused() throws IOException {
    TinyPipeline.SD3.copyPart(folder.resolve("configs"), "text_encoder_3");
    Files.delete(folder.resolve("configs/generation_config.json"));
    List<String> problems = problems();
    assertTrue(problems.get(0).contains("text_encoder_3 is no CLIP"), problems.toString());
  }

  @Test
  void aFolderWithoutConfigurationsIsNamed() throws IOException {
    Files.delete(folder.resolve("configs/scheduler/scheduler_config.json"));
    List<String> problems = problems();
    assertTrue(problems.get(0).contains("scheduler_config.json"), problems.toString());
  }
}
