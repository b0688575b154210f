package dev.lora4j.emoji;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.base.BaseArchitecture;
import dev.lora4j.diffusion.base.ModelFolderWriter;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.denoiser.TextToImageNetworks.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Configurations of a base's denoiser, its text encoders and its schedule: those that a run has in
 * its keys, or those of a folder that it names.
 */
final class DenoiserConfigs {
  private static final String CONFIG = "/config.json";
  private static final List<String> OTHERS =
      List.of("model_index.json", "scheduler/scheduler_config.json");
  private static final String GENERATION = "generation_config.json";

  /** Guidance scale of pictures, with which the base is scored too. */
  private static final double GUIDANCE = 3;

  private final BaseRun base;
  private final int side;

  /**
   * Of a run.
   *
   * @param side height and width of the latents
   */
  DenoiserConfigs(BaseRun base, int side) {
    this.base = base;
    this.side = side;
  }

  /** What is wrong with the folder that the run names, as sentences; none if it names none. */
  List<String> problems() {
    return base.denoiser().configs().map(this::problems).orElse(List.of());
  }

  private List<String> problems(Path folder) {
    BaseArchitecture read;
    try {
      read = BaseArchitecture.of(folder);
    } catch (ModelException e) {
      return List.of("denoiser.configs: " + e.getMessage());
    }
    List<String> problems = new ArrayList<>();
    if (read.sampleSize() != side) {
      problems.add(
          "denoiser.configs: the denoiser's sample_size is "
              + read.sampleSize()
              + ", but latents have sides of "
              + side
              + ".");
    }
    int channels = base.autoencoder().config().latentChannels();
    if (read.networks().denoiser().inChannels() != channels
        || read.networks().denoiser().outChannels() != channels) {
      problems.add(
          "denoiser.configs: the denoiser takes "
              + read.networks().denoiser().inChannels()
              + " channels and predicts "
              + read.networks().denoiser().outChannels()
              + ", but vae.latent_channels is "
              + channels
              + ".");
    }
    List<String> unread = words(read.networks().encoders());
    problems.addAll(unread.isEmpty() ? end(read) : unread);
    return problems;
  }

  /** The vocabulary is made from the captions, so that its end is known only then. */
  private List<String> end(BaseArchitecture read) {
    ClipText clip = (ClipText) read.networks().encoders().get(0).network();
    try {
      int token = Vocabulary.endToken(base.data(), clip.config().vocabSize());
      return clip.end() == token || clip.end() == ClipText.GREATEST
          ? List.of()
          : List.of(
              "denoiser.configs: eos_token_id is "
                  + clip.end()
                  + ", but the vocabulary made from the captions ends texts with "
                  + token
                  + "; write that there.");
    } catch (IOException e) {
      return List.of("data: " + e.getMessage());
    }
  }

  /** All encoders read the same tokens, of one vocabulary that is made for them. */
  private static List<String> words(List<Encoder> encoders) {
    List<String> problems = new ArrayList<>();
    for (Encoder encoder : encoders) {
      TextEncoderNetwork network = encoder.network();
      if (!(network instanceof ClipText clip)) {
        problems.add(
            "denoiser.configs: "
                + encoder.model()
                + " is no CLIP; a base is trained with CLIPs alone, whose vocabulary is made from"
                + " the captions.");
      } else if (encoders.get(0).network() instanceof ClipText first && !sameWords(first, clip)) {
        problems.add(
            "denoiser.configs: "
                + encoder.model()
                + " has another vocab_size, max_position_embeddings or eos_token_id than "
                + encoders.get(0).model()
                + "; all text encoders read the same tokens.");
      }
    }
    return problems;
  }

  private static boolean sameWords(ClipText one, ClipText other) {
    return one.config().vocabSize() == other.config().vocabSize()
        && one.places() == other.places()
        && one.end() == other.end();
  }

  /** Vocabulary and places of the text encoders. */
  ClipTextConfig words() {
    return base.denoiser()
        .configs()
        .map(folder -> BaseArchitecture.of(folder).networks().encoders().get(0).network())
        .map(network -> ((ClipText) network).config())
        .orElse(base.denoiser().text());
  }

  /** Names of the text encoders. */
  List<String> encoders() {
    return base.denoiser()
        .configs()
        .map(
            f -> BaseArchitecture.of(f).networks().encoders().stream().map(Encoder::model).toList())
        .orElse(List.of("text_encoder"));
  }

  /**
   * Writes them into the folder of the base.
   *
   * @param endToken token at the end of each caption
   * @return what they describe
   */
  BaseArchitecture write(ModelFolderWriter writer, int endToken) {
    base.denoiser()
        .configs()
        .ifPresentOrElse(
            folder -> copy(writer, folder),
            () -> {
              writer.unet(base.denoiser().unet(), side);
              writer.text(base.denoiser().text(), endToken);
              writer.scheduler(base.denoiser().scheduler());
              writer.guidance(GUIDANCE);
            });
    return BaseArchitecture.of(base.folder());
  }

  private static void copy(ModelFolderWriter writer, Path folder) {
    BaseArchitecture read = BaseArchitecture.of(folder);
    List<String> files = new ArrayList<>(OTHERS);
    files.add(read.networks().denoiser().component() + CONFIG);
    read.networks().encoders().forEach(e -> files.add(e.model() + CONFIG));
    if (Files.exists(folder.resolve(GENERATION))) {
      files.add(GENERATION);
    }
    files.forEach(file -> writer.copy(folder, file));
  }
}
