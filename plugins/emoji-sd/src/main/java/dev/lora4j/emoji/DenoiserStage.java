package dev.lora4j.emoji;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.train.TextToImageTrainer;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Trains the denoiser and the text encoder on the autoencoder's latents, and writes both. */
final class DenoiserStage {
  static final String NAME = "denoiser";
  static final String UNET = "unet/diffusion_pytorch_model.safetensors";
  static final String TEXT = "text_encoder/model.safetensors";
  private static final int DIGITS = 16;

  private final BaseRun base;
  private final BaseRun.Denoiser settings;
  private final int side;

  /** Guidance scale of pictures, with which the base is scored too. */
  private static final double GUIDANCE = 3;

  private final ModelFolderWriter writer;
  private final Consumer<String> log;

  private DenoiserStage(BaseRun base, int side, Consumer<String> log) {
    this.base = base;
    this.settings = base.denoiser();
    this.side = side;
    this.writer = new ModelFolderWriter(base.folder(), base.stored());
    this.log = log;
  }

  /** Trains both; the pictures that were held out. */
  static List<Picture> run(Engine engine, BaseRun base, Consumer<String> log) throws IOException {
    PictureSplit pictures = PictureSplit.of(base.data(), base.denoiser().stage(), base.seed());
    VaeConfig vae = base.autoencoder().config();
    List<float[]> rows;
    Path vaeFile = base.folder().resolve(VaeStage.WEIGHTS);
    try (TrainedVae trained = TrainedVae.open(engine, vae, vaeFile)) {
      rows = trained.latents(pictures.training());
    }
    double scale = TrainedVae.scale(rows);
    log.accept(String.format(Locale.ROOT, "%s: %d latents, scale %.5f", NAME, rows.size(), scale));
    DenoiserStage stage = new DenoiserStage(base, Recipe.SIDE / vae.scale(), log);
    stage.describe(vae, scale);
    Path words = base.folder().resolve("tokenizer");
    ClipTextConfig text = base.denoiser().text();
    Vocabulary.write(base.data(), words, text.vocabSize(), text.maxPositionEmbeddings());
    try (ClipTokenizer tokenizer = ClipTokenizer.load(words)) {
      CaptionWordings captions = new CaptionWordings(tokenizer, base.captions());
      stage.train(
          engine,
          CaptionedLatents.of(base.data(), pictures.training(), rows, scale, captions),
          tokenizer.endId());
    }
    return pictures.heldOut();
  }

  private void describe(VaeConfig vae, double scale) {
    writer.vaeConfig(
        new VaeConfig(
            vae.inChannels(),
            vae.outChannels(),
            vae.latentChannels(),
            vae.blockOutChannels(),
            vae.layersPerBlock(),
            vae.normNumGroups(),
            scale,
            vae.shiftFactor()));
    writer.scheduler(settings.scheduler());
    writer.guidance(GUIDANCE);
  }

  private void train(Engine engine, CaptionedLatents samples, int endToken) throws IOException {
    try (Scope scope = engine.scope(NAME)) {
      TextToImageTrainer trainer =
          new TextToImageTrainer(
              scope,
              settings.unet(),
              settings.text(),
              new NoiseSchedule(settings.scheduler()),
              settings.gamma(),
              side,
              settings.stage().stepSettings(),
              base.precision());
      Map<String, Path> start =
          settings
              .stage()
              .start()
              .map(
                  s ->
                      Map.of(
                          TextToImageTrainer.UNET, s.resolve(UNET),
                          TextToImageTrainer.TEXT, s.resolve(TEXT)))
              .orElse(Map.of());
      new BudgetedRun(
              NAME,
              settings.stage(),
              BaseTraining.checkpoint(base, NAME),
              base.checkpointMinutes(),
              Map.of("autoencoder", autoencoder()),
              log)
          .run(
              scope,
              trainer.step(),
              new StartingWeights(base.seed(), start),
              (run, rate, draw) ->
                  trainer.run(
                      run, scope, samples, settings.stage().batch(), rate, base.seed(), draw),
              state -> write(scope, trainer, state, endToken));
    }
  }

  /** Latents of one autoencoder mean nothing to a denoiser of another's. */
  private String autoencoder() throws IOException {
    var digest = Digests.sha256();
    digest.update(Files.readAllBytes(base.folder().resolve(VaeStage.WEIGHTS)));
    return Digests.hex(digest).substring(0, DIGITS);
  }

  private void write(Scope scope, TextToImageTrainer trainer, TrainingState state, int endToken) {
    try (Scope writing = scope.child("writing")) {
      float[] weights = state.evaluationWeights(writing).floats();
      var slots = trainer.step().layout().slots();
      writer.unet(writing, settings.unet(), side, slots, TextToImageTrainer.UNET, weights);
      writer.text(writing, settings.text(), endToken, slots, TextToImageTrainer.TEXT, weights);
    }
  }
}
