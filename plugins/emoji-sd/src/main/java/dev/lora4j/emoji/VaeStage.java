package dev.lora4j.emoji;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.train.VaeTrainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trains the autoencoder and writes it into the model's folder, without its scaling factor yet. */
final class VaeStage {
  private static final int BATCH = 16;
  private static final double PEAK_RATE = 1.2e-3;

  private VaeStage() {}

  static void run(Engine engine, Path data, Path work, double minutes, PrintStream log)
      throws IOException {
    List<Picture> pictures = new ArrayList<>();
    for (String style : Recipe.ALL_STYLES) {
      pictures.addAll(Atlas.pictures(data, style));
    }
    try (Scope scope = engine.scope("vae")) {
      VaeTrainer trainer = new VaeTrainer(scope, Recipe.vae(1), Recipe.COMPUTE);
      ModelFolderWriter writer = new ModelFolderWriter(work.resolve("base"), Recipe.STORED);
      new TimedRun(work.resolve("vae.checkpoint.safetensors"), minutes, PEAK_RATE, log)
          .run(
              scope,
              trainer.step(),
              new StartingWeights(
                  Map.of("", work.resolve("base/vae/diffusion_pytorch_model.safetensors")), log),
              (run, rate, draw) ->
                  trainer.run(run, scope, pictures, BATCH, rate, Recipe.SEED, draw),
              state -> {
                try (Scope writing = scope.child("writing")) {
                  float[] weights = state.average().floats();
                  writer.vae(writing, Recipe.vae(1), trainer.step().layout().slots(), weights);
                }
              });
    }
  }
}
