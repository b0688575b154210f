package dev.lora4j.emoji;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.diffusion.base.BaseArchitecture;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoiser.TextToImageNetworks;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.train.TextToImageTrainer;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Trains the denoiser and the text encoders on the autoencoder's latents, and writes them. */
final class DenoiserStage {
  static final String NAME = "denoiser";
  private static final int DIGITS = 16;

  private final BaseRun base;
  private final BaseRun.Denoiser settings;
  private final DenoiserConfigs configs;
  private final int side;
  private final ModelFolderWriter writer;
  private final Consumer<String> log;

  private DenoiserStage(BaseRun base, Consumer<String> log) {
    this.base = base;
    this.settings = base.denoiser();
    this.side = side(base);
    this.configs = new DenoiserConfigs(base, side);
    this.writer = new ModelFolderWriter(base.folder(), base.stored());
    this.log = log;
  }

  /** Height and width of a base's latents. */
  static int side(BaseRun base) {
    return Recipe.SIDE / base.autoencoder().config().scale();
  }

  /** Files of the weights of denoiser and text encoders. */
  static List<String> files(BaseRun base) {
    return models(base).stream().map(ModelFolderWriter::file).toList();
  }

  private static List<String> models(BaseRun base) {
    List<String> models = new ArrayList<>(new DenoiserConfigs(base, side(base)).encoders());
    models.add(
        base.denoiser()
            .configs()
            .map(folder -> BaseArchitecture.of(folder).networks().denoiser().component())
            .orElse(UNet.COMPONENT));
    return models;
  }

  /** Trains them; the pictures that were held out. */
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
    DenoiserStage stage = new DenoiserStage(base, log);
    stage.writer.vaeConfig(scaled(vae, scale));
    ClipTextConfig text = stage.configs.words();
    List<Path> folders =
        stage.configs.encoders().stream()
            .map(e -> base.folder().resolve(e.replace("text_encoder", "tokenizer")))
            .toList();
    for (Path folder : folders) {
      Vocabulary.write(base.data(), folder, text.vocabSize(), text.maxPositionEmbeddings());
    }
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folders.get(0))) {
      BaseArchitecture architecture = stage.configs.write(stage.writer, tokenizer.endId());
      CaptionWordings captions = new CaptionWordings(tokenizer, base.captions());
      stage.train(
          engine,
          architecture,
          CaptionedLatents.of(base.data(), pictures.training(), rows, scale, captions));
    }
    return pictures.heldOut();
  }

  private static VaeConfig scaled(VaeConfig vae, double scale) {
    return new VaeConfig(
        vae.inChannels(),
        vae.outChannels(),
        vae.latentChannels(),
        vae.blockOutChannels(),
        vae.layersPerBlock(),
        vae.normNumGroups(),
        scale,
        vae.shiftFactor());
  }

  private void train(Engine engine, BaseArchitecture architecture, CaptionedLatents samples)
      throws IOException {
    try (Scope scope = engine.scope(NAME)) {
      TextToImageTrainer trainer =
          new TextToImageTrainer(
              scope,
              architecture.networks(),
              new NoiseSchedule(architecture.schedule()),
              settings.gamma(),
              side,
              settings.stage().stepSettings(),
              base.precision());
      Map<String, Path> start = new LinkedHashMap<>();
      for (Path from : settings.stage().start().stream().toList()) {
        models(base)
            .forEach(
                m ->
                    start.put(
                        TextToImageTrainer.prefix(m), from.resolve(ModelFolderWriter.file(m))));
      }
      Map<String, String> origin =
          Map.of("autoencoder", autoencoder(), "architecture", digest(architecture.networks()));
      new BudgetedRun(
              NAME,
              settings.stage(),
              BaseTraining.checkpoint(base, NAME),
              base.checkpointMinutes(),
              origin,
              log)
          .run(
              scope,
              trainer.step(),
              new StartingWeights(base.seed(), start),
              (run, rate, draw) ->
                  trainer.run(
                      run, scope, samples, settings.stage().batch(), rate, base.seed(), draw),
              state -> write(scope, trainer, state));
    }
  }

  /** Latents of one autoencoder mean nothing to a denoiser of another's. */
  private String autoencoder() throws IOException {
    return digest(Files.readAllBytes(base.folder().resolve(VaeStage.WEIGHTS)));
  }

  private static String digest(TextToImageNetworks networks) {
    StringBuilder all = new StringBuilder(networks.denoiser().canonical());
    networks.encoders().forEach(e -> all.append(e.network().canonical()));
    return digest(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(byte[] bytes) {
    return Digests.hex(bytes).substring(0, DIGITS);
  }

  private void write(Scope scope, TextToImageTrainer trainer, TrainingState state) {
    try (Scope writing = scope.child("writing")) {
      float[] weights = state.evaluationWeights(writing).floats();
      var slots = trainer.step().layout().slots();
      for (String model : models(base)) {
        writer.weights(writing, model, slots, TextToImageTrainer.prefix(model), weights);
      }
    }
  }
}
