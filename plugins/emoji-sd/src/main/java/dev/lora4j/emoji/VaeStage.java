package dev.lora4j.emoji;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.train.VaeTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Trains the autoencoder and writes it into the model's folder, without its scaling factor yet. */
final class VaeStage {
  static final String NAME = "vae";
  static final String WEIGHTS = "vae/diffusion_pytorch_model.safetensors";

  private VaeStage() {}

  /** Trains it; the peak signal-to-noise ratio on the held-out pictures, in dB. */
  static double run(Engine engine, BaseRun base, Consumer<String> log) throws IOException {
    BaseRun.Autoencoder settings = base.autoencoder();
    PictureSplit pictures = PictureSplit.of(base.data(), settings.stage(), base.seed());
    try (Scope scope = engine.scope(NAME)) {
      VaeTrainer trainer =
          new VaeTrainer(
              scope,
              settings.config(),
              settings.loss(),
              settings.stage().stepSettings(),
              base.precision());
      ModelFolderWriter writer = new ModelFolderWriter(base.folder(), base.stored());
      Map<String, Path> start =
          settings.stage().start().map(s -> Map.of("", s.resolve(WEIGHTS))).orElse(Map.of());
      new BudgetedRun(
              NAME,
              settings.stage(),
              BaseTraining.checkpoint(base, NAME),
              base.checkpointMinutes(),
              Map.of(),
              log)
          .run(
              scope,
              trainer.step(),
              new StartingWeights(base.seed(), start),
              (run, rate, draw) ->
                  trainer.run(
                      run,
                      scope,
                      pictures.training(),
                      settings.stage().batch(),
                      rate,
                      base.seed(),
                      draw),
              state -> {
                try (Scope writing = scope.child("writing")) {
                  float[] weights = state.evaluationWeights(writing).floats();
                  writer.vae(writing, settings.config(), trainer.step().layout().slots(), weights);
                }
              });
    }
    Path written = base.folder().resolve(WEIGHTS);
    try (TrainedVae trained = TrainedVae.open(engine, settings.config(), written)) {
      return trained.decibels(pictures.heldOut());
    }
  }
}
