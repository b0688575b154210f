package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.checkpoint.WeightFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A text-to-image model in the folder layout of diffusers: its configurations, weights and sites.
 * The weights belong to the scope the folder was loaded into.
 */
public final class ModelFolder {
  /** A buffer that old checkpoints carry; it is 0, 1, 2, ... and no weight. */
  private static final Set<String> TEXT_BUFFERS = Set.of("text_model.embeddings.position_ids");

  private final Path folder;
  private final DType compute;
  private final UNetConfig unet;
  private final VaeConfig vae;
  private final ClipTextConfig text;
  private final NoiseSchedule schedule;
  private final int sampleSize;
  private final WeightStore unetWeights;
  private final WeightStore vaeWeights;
  private final WeightStore textWeights;
  private final SiteCatalogue sites;

  private ModelFolder(Scope scope, Path folder, DType compute) {
    this.folder = folder;
    this.compute = compute;
    unet = Configs.unet(folder);
    vae = Configs.vae(folder);
    text = Configs.text(folder);
    schedule = new NoiseSchedule(Configs.scheduler(folder));
    sampleSize = Configs.sampleSize(folder);
    unetWeights = load(scope, "unet", Set.of(), Networks.unet(unet, compute, AdapterInputs.NONE));
    textWeights =
        load(scope, "text_encoder", TEXT_BUFFERS, Networks.text(text, compute, AdapterInputs.NONE));
    vaeWeights =
        load(
            scope, "vae", Set.of(), Networks.encoder(vae, compute), Networks.decoder(vae, compute));
    sites = walkSites();
  }

  /**
   * Loads a model.
   *
   * @param compute the type that weights are converted to and networks compute in
   * @throws ModelFolderException if the folder is not such a model
   */
  public static ModelFolder load(Scope scope, Path folder, DType compute) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      throw new ModelFolderException(
          folder
              + " is no model: expected a folder in the layout of diffusers, with unet, vae,"
              + " text_encoder, tokenizer and scheduler inside.");
    }
    return new ModelFolder(scope, folder, compute);
  }

  private WeightStore load(
      Scope scope, String part, Set<String> buffers, Network.Staging... stagings) {
    Map<String, Parameter> wanted = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(compute, staging).forEach(p -> wanted.put(p.name(), p));
    }
    return WeightStore.load(
        scope, weightFile(folder.resolve(part)), compute, List.copyOf(wanted.values()), buffers);
  }

  private static Path weightFile(Path part) {
    return WeightFile.in(part)
        .orElseThrow(
            () ->
                new ModelFolderException(
                    part
                        + " has no weights; expected one of "
                        + String.join(", ", WeightFile.names())
                        + ". Files ending in .bin or .ckpt can run code when read and are not"
                        + " opened; convert them to safetensors."));
  }

  /** Where it lies. */
  public Path path() {
    return folder;
  }

  /** The type that weights are kept and networks compute in. */
  public DType compute() {
    return compute;
  }

  /** Sizes of the denoiser. */
  public UNetConfig unet() {
    return unet;
  }

  /** Sizes of the autoencoder. */
  public VaeConfig vae() {
    return vae;
  }

  /** Sizes of the text encoder. */
  public ClipTextConfig text() {
    return text;
  }

  /** How the model was taught to remove noise. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** Height and width of the latents that the model was trained on. */
  public int sampleSize() {
    return sampleSize;
  }

  /** Weights of the denoiser. */
  public WeightStore unetWeights() {
    return unetWeights;
  }

  /** Weights of the autoencoder. */
  public WeightStore vaeWeights() {
    return vaeWeights;
  }

  /** Weights of the text encoder. */
  public WeightStore textWeights() {
    return textWeights;
  }

  /** The layers that adapters can change: those of the denoiser, then those of the text encoder. */
  public SiteCatalogue sites() {
    return sites;
  }

  private SiteCatalogue walkSites() {
    List<Site> sites = new ArrayList<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              sites.add(site);
              return y;
            };
    Network.walk("unet", compute, Networks.unet(unet, compute, recorder));
    Network.walk("text_encoder", compute, Networks.text(text, compute, recorder));
    return new SiteCatalogue(sites);
  }
}
