package dev.lora4j.emoji;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.Noise;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.train.TextToImageTrainer;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Trains the denoiser and the text encoder on the autoencoder's latents, and writes both. */
final class DenoiserStage {
  private static final int BATCH = 64;
  private static final double PEAK_RATE = 7e-4;

  private DenoiserStage() {}

  /** What the trainer draws from. */
  private record Drawn(
      List<float[]> rows, List<Atlas.Concept> concepts, List<String> styles, Captions captions)
      implements TextToImageTrainer.Samples {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public float[] latents(int index) {
      return rows.get(index);
    }

    @Override
    public int[] caption(int index, Noise noise) {
      return captions.ids(concepts.get(index), styles.get(index), noise);
    }
  }

  static void run(Engine engine, Path data, Path work, double minutes, PrintStream log)
      throws IOException {
    Path base = work.resolve("base");
    Map<Integer, Atlas.Concept> concepts = new HashMap<>();
    Atlas.concepts(data).forEach(c -> concepts.put(c.index(), c));
    List<Picture> pictures = new ArrayList<>();
    List<Atlas.Concept> shown = new ArrayList<>();
    List<String> styles = new ArrayList<>();
    for (String style : Recipe.BASE_STYLES) {
      for (Picture picture : Atlas.pictures(data, style)) {
        String index = picture.name().substring(picture.name().indexOf('/') + 1);
        pictures.add(picture);
        shown.add(concepts.get(Integer.parseInt(index)));
        styles.add(style);
      }
    }
    Latents latents =
        Latents.of(engine, base.resolve("vae/diffusion_pytorch_model.safetensors"), pictures);
    log.printf("autoencoder: %.2f dB, scale %.5f%n", latents.decibels(), latents.scale());
    List<float[]> rows = latents.rows().stream().map(r -> scaled(r, latents.scale())).toList();

    ModelFolderWriter writer = new ModelFolderWriter(base, Recipe.STORED);
    VaeConfig vae = Recipe.vae(latents.scale());
    writer.vaeConfig(vae);
    writer.scheduler(Recipe.SCHEDULER);
    Vocabulary.write(data, base.resolve("tokenizer"));
    try (Scope scope = engine.scope("denoiser");
        ClipTokenizer tokenizer = ClipTokenizer.load(base.resolve("tokenizer"))) {
      int side = Recipe.SIDE / vae.scale();
      TextToImageTrainer trainer =
          new TextToImageTrainer(
              scope,
              Recipe.UNET,
              Recipe.TEXT,
              new NoiseSchedule(Recipe.SCHEDULER),
              side,
              Recipe.COMPUTE);
      Drawn samples = new Drawn(rows, shown, styles, new Captions(tokenizer));
      new TimedRun(work.resolve("denoiser.checkpoint.safetensors"), minutes, PEAK_RATE, log)
          .run(
              scope,
              trainer.step(),
              new StartingWeights(
                  Map.of(
                      TextToImageTrainer.UNET,
                      base.resolve("unet/diffusion_pytorch_model.safetensors"),
                      TextToImageTrainer.TEXT,
                      base.resolve("text_encoder/model.safetensors")),
                  log),
              (run, rate, draw) -> trainer.run(run, scope, samples, BATCH, rate, Recipe.SEED, draw),
              state -> write(scope, writer, trainer, state, side, tokenizer.endId()));
    }
  }

  private static void write(
      Scope scope,
      ModelFolderWriter writer,
      TextToImageTrainer trainer,
      TrainingState state,
      int side,
      int endToken) {
    try (Scope writing = scope.child("writing")) {
      float[] weights = state.average().floats();
      writer.unet(
          writing,
          Recipe.UNET,
          side,
          trainer.step().layout().slots(),
          TextToImageTrainer.UNET,
          weights);
      writer.text(
          writing,
          Recipe.TEXT,
          endToken,
          trainer.step().layout().slots(),
          TextToImageTrainer.TEXT,
          weights);
    }
  }

  private static float[] scaled(float[] row, double scale) {
    float[] scaled = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      scaled[i] = (float) (row[i] * scale);
    }
    return scaled;
  }
}
