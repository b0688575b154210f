package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.PATH;
import static dev.lora4j.diffusion.config.KeyType.WHOLE;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.counts;
import static dev.lora4j.diffusion.config.KeyType.number;

import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.diffusion.clip.ClipVocabularyTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** All keys of a run that makes a base model, in the order in which a file has them. */
final class BaseKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;

  // --- The run ---

  static final RunKey<String> KIND =
      RunKey.of(RunFile.KIND, choice(RunFile.BASE), RunFile.BASE, "Makes a base model");
  static final RunKey<String> DATA = RunKey.unset("data", PATH, "Folder of atlases");
  static final RunKey<String> WORK = RunKey.unset("work", PATH, "Folder for all that is made");
  static final RunKey<Long> SEED = RunKey.of("seed", WHOLE, 11L, "Of everything random");
  static final RunKey<String> PRECISION =
      RunKey.of("compute", choice("f32", "bf16"), "bf16", "Type that networks compute in");
  static final RunKey<String> STORED =
      RunKey.of("dtype", choice("f16", "bf16", "f32"), "f16", "Type of the weights in the files");
  static final RunKey<Double> CHECKPOINT =
      RunKey.of("checkpoint_minutes", number(0, ANY), 5.0, "Time between checkpoints");

  // --- The autoencoder ---

  static final StageKeys VAE =
      StageKeys.of(
          "vae",
          new StageSettings(
              List.of(
                  "noto",
                  "twemoji",
                  "fluent-flat",
                  "fluent-hc",
                  "fluent-3d",
                  "emojione",
                  "emojione-mono",
                  "noto-v1"),
              51,
              OptionalInt.empty(),
              16,
              1.2e-3,
              300,
              0.3,
              0.02,
              AdamW.DEFAULT,
              1,
              0.999,
              96,
              Optional.empty()));
  static final RunKey<List<Integer>> VAE_CHANNELS =
      RunKey.of("vae.channels", counts(1), List.of(32, 64, 96, 128), "Channels, finest first");
  static final RunKey<Integer> VAE_LATENT_CHANNELS =
      RunKey.of("vae.latent_channels", count(1), 16, "Channels of the latents");
  static final RunKey<Integer> VAE_LAYERS =
      RunKey.of("vae.layers", count(1), 1, "Layers of each resolution");
  static final RunKey<Integer> VAE_GROUPS =
      RunKey.of("vae.groups", count(1), 8, "Groups of the normalisations");
  static final RunKey<Double> VAE_SLOPES =
      RunKey.of("vae.slopes", number(0, ANY), 0.5, "Weight of the error of the slopes");
  static final RunKey<Double> VAE_DIVERGENCE =
      RunKey.of("vae.divergence", number(0, ANY), 1e-6, "Weight of the divergence of the latents");
  static final RunKey<Double> VAE_MIRRORED =
      RunKey.of("vae.mirrored", number(0, 1), 0.5, "Share of pictures that are mirrored");

  // --- Text encoder and denoiser, which are trained together ---

  static final RunKey<Integer> TEXT_VOCABULARY =
      RunKey.of(
          "text_encoder.vocabulary",
          count(ClipVocabularyTrainer.FIXED_TOKENS),
          4096,
          "Tokens at the most");
  static final RunKey<Integer> TEXT_TOKENS =
      RunKey.of("text_encoder.tokens", count(3), 24, "Of a caption, with its begin and end");
  static final RunKey<Integer> TEXT_WIDTH =
      RunKey.of("text_encoder.width", count(1), 128, "Numbers of a token");
  static final RunKey<Integer> TEXT_FEED_FORWARD =
      RunKey.of("text_encoder.feed_forward", count(1), 512, "Width within a layer");
  static final RunKey<Integer> TEXT_LAYERS =
      RunKey.of("text_encoder.layers", count(1), 3, "Layers");
  static final RunKey<Integer> TEXT_HEADS =
      RunKey.of("text_encoder.heads", count(1), 4, "Heads of attention");
  static final StageKeys DENOISER =
      StageKeys.of(
          "denoiser",
          new StageSettings(
              List.of("noto", "twemoji", "fluent-flat"),
              235,
              OptionalInt.empty(),
              64,
              1e-3,
              300,
              0.3,
              0.02,
              new AdamW(0.9, 0.99, 1e-8, 0.01),
              1,
              0.999,
              96,
              Optional.empty()));
  static final RunKey<String> CONFIGS =
      RunKey.unset(
          "denoiser.configs",
          PATH,
          "Folder of configurations of another denoiser, its text encoders and its schedule");
  static final RunKey<List<Integer>> UNET_CHANNELS =
      RunKey.of("denoiser.channels", counts(1), List.of(96, 160), "Channels, finest first");
  static final RunKey<List<Integer>> UNET_HEADS =
      RunKey.of("denoiser.heads", counts(1), List.of(3, 5), "Heads of attention, finest first");
  static final RunKey<Integer> UNET_LAYERS =
      RunKey.of("denoiser.layers", count(1), 1, "Layers of each resolution");
  static final RunKey<Integer> UNET_GROUPS =
      RunKey.of("denoiser.groups", count(1), 32, "Groups of the normalisations");
  static final RunKey<Double> GAMMA =
      RunKey.of(
          "denoiser.min_snr_gamma",
          number(0, ANY),
          0.0,
          "Cap of signal to noise in weights; 0: none");

  static final RunKey<String> PREDICTION =
      RunKey.of(
          "noise.prediction",
          choice("v_prediction", "epsilon"),
          "v_prediction",
          "What the denoiser predicts");
  static final RunKey<String> BETAS =
      RunKey.of(
          "noise.schedule",
          choice("squaredcos_cap_v2", "scaled_linear", "linear"),
          "squaredcos_cap_v2",
          "How noise grows over the timesteps");
  static final RunKey<Integer> TIMESTEPS =
      RunKey.of("noise.timesteps", count(2), 1000, "Levels of noise");

  static final RunKey<Double> CAPTION_NONE =
      RunKey.of("captions.none", number(0, 1), 0.1, "Share without any text, for guidance");
  static final RunKey<Double> CAPTION_ARTICLE =
      RunKey.of("captions.article", number(0, 1), 0.4, "Share that begins with \"a\"");
  static final RunKey<Double> CAPTION_KEYWORDS =
      RunKey.of("captions.keywords", number(0, 1), 0.35, "Share with one or two keywords");
  static final RunKey<Double> CAPTION_STYLE =
      RunKey.of("captions.style", number(0, 1), 0.5, "Share that names the style");

  // --- Scores ---

  static final RunKey<Integer> SCORE_CONCEPTS =
      RunKey.of("score.concepts", count(0), 100, "Concepts that are drawn and judged; 0 for none");
  static final RunKey<String> SCORE_STYLE =
      RunKey.unset("score.style", KeyType.TEXT, "Style that the prompts name, and that is judged");
  static final RunKey<Integer> SCORE_STEPS =
      RunKey.of("score.steps", count(1), 20, "Steps of the sampler");
  static final RunKey<Double> SCORE_GUIDANCE =
      RunKey.of("score.guidance", number(0, ANY), 3.0, "Guidance of the pictures");
  static final RunKey<Long> SCORE_SEED = RunKey.of("score.seed", WHOLE, 0L, "Of the first picture");

  static final List<RunKey<?>> ALL = all();

  /** Keys of which {@link #CONFIGS} has files instead. */
  static final List<RunKey<?>> INSTEAD_OF_CONFIGS =
      List.of(
          TEXT_VOCABULARY,
          TEXT_TOKENS,
          TEXT_WIDTH,
          TEXT_FEED_FORWARD,
          TEXT_LAYERS,
          TEXT_HEADS,
          UNET_CHANNELS,
          UNET_HEADS,
          UNET_LAYERS,
          UNET_GROUPS,
          PREDICTION,
          BETAS,
          TIMESTEPS);

  private BaseKeys() {}

  private static List<RunKey<?>> all() {
    List<RunKey<?>> all =
        new ArrayList<>(List.of(KIND, DATA, WORK, SEED, PRECISION, STORED, CHECKPOINT));
    all.addAll(VAE.all());
    all.addAll(
        List.of(
            VAE_CHANNELS,
            VAE_LATENT_CHANNELS,
            VAE_LAYERS,
            VAE_GROUPS,
            VAE_SLOPES,
            VAE_DIVERGENCE,
            VAE_MIRRORED,
            TEXT_VOCABULARY,
            TEXT_TOKENS,
            TEXT_WIDTH,
            TEXT_FEED_FORWARD,
            TEXT_LAYERS,
            TEXT_HEADS));
    all.addAll(DENOISER.all());
    all.addAll(
        List.of(
            CONFIGS,
            UNET_CHANNELS,
            UNET_HEADS,
            UNET_LAYERS,
            UNET_GROUPS,
            GAMMA,
            PREDICTION,
            BETAS,
            TIMESTEPS,
            CAPTION_NONE,
            CAPTION_ARTICLE,
            CAPTION_KEYWORDS,
            CAPTION_STYLE,
            SCORE_CONCEPTS,
            SCORE_STYLE,
            SCORE_STEPS,
            SCORE_GUIDANCE,
            SCORE_SEED));
    return List.copyOf(all);
  }
}
