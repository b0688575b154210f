package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.metadata.Digests;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A text-to-image model in the folder layout of diffusers: its configurations, weights and sites.
 * The weights belong to the scope the folder was loaded into.
 */
public final class DiffusionModel {
  /** A buffer that old checkpoints carry; it is 0, 1, 2, ... and no weight. */
  private static final Set<String> TEXT_BUFFERS = Set.of("text_model.embeddings.position_ids");

  private static final List<String> TEXT_ENCODERS = List.of("text_encoder", "text_encoder_2");

  private final Path folder;
  private final DType compute;
  private final UNetConfig unet;
  private final VaeConfig vae;
  private final NoiseSchedule schedule;
  private final int sampleSize;
  private final WeightStore unetWeights;
  private final WeightStore vaeWeights;
  private final List<TextEncoder> textEncoders = new ArrayList<>();
  private final boolean zerosForNoText;
  private final SiteCatalogue sites;
  private String hash = "";

  private DiffusionModel(Scope scope, Path folder, DType compute) {
    this.folder = folder;
    this.compute = compute;
    unet = Configs.unet(folder);
    vae = Configs.vae(folder);
    schedule = new NoiseSchedule(Configs.scheduler(folder));
    sampleSize = Configs.sampleSize(folder);
    unetWeights = load(scope, "unet", Set.of(), Networks.unet(unet, compute, AdapterInputs.NONE));
    zerosForNoText = Configs.zerosForNoText(folder);
    for (String part : TEXT_ENCODERS) {
      if (Files.isDirectory(folder.resolve(part))) {
        textEncoders.add(textEncoder(scope, part));
      }
    }
    requireTextEncoders();
    vaeWeights =
        load(
            scope, "vae", Set.of(), Networks.encoder(vae, compute), Networks.decoder(vae, compute));
    sites = walkSites();
  }

  /**
   * Loads a model.
   *
   * @param compute the type that weights are converted to and networks compute in
   * @throws DiffusionModelException if the folder is not such a model
   */
  public static DiffusionModel load(Scope scope, Path folder, DType compute) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      throw new DiffusionModelException(
          folder
              + " is no model: expected a folder in the layout of diffusers, with unet, vae,"
              + " text_encoder, tokenizer and scheduler inside.");
    }
    return new DiffusionModel(scope, folder, compute);
  }

  private void requireTextEncoders() {
    if (textEncoders.isEmpty()) {
      throw new DiffusionModelException(folder + " has no folder text_encoder.");
    }
    TextEncoder last = textEncoders.get(textEncoders.size() - 1);
    if (xl() && last.config().projectionDim() == 0) {
      throw new DiffusionModelException(
          folder.resolve(last.model())
              + " is no CLIPTextModelWithProjection, but this denoiser is told the pooled text.");
    }
    int width = textEncoders.stream().mapToInt(e -> e.config().hiddenSize()).sum();
    if (width != unet.crossAttentionDim()) {
      throw new DiffusionModelException(
          folder
              + ": the denoiser takes texts of width "
              + unet.crossAttentionDim()
              + ", but the text encoders together give "
              + width
              + ".");
    }
  }

  private TextEncoder textEncoder(Scope scope, String part) {
    ClipTextConfig config = Configs.text(folder, part);
    Network.Staging whole = Networks.text(config, ClipText.View.LAST, compute, AdapterInputs.NONE);
    return new TextEncoder(part, config, load(scope, part, TEXT_BUFFERS, whole));
  }

  private WeightStore load(
      Scope scope, String part, Set<String> buffers, Network.Staging... stagings) {
    Map<String, Parameter> wanted = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(compute, staging).forEach(p -> wanted.put(p.name(), p));
    }
    return WeightStore.load(
        scope,
        WeightFiles.main(folder.resolve(part)),
        compute,
        List.copyOf(wanted.values()),
        buffers);
  }

  /** Where it lies. */
  public Path path() {
    return folder;
  }

  /**
   * SHA-256 over the weights' files, in hexadecimal. Reads them all when first asked for, about a
   * second for each gigabyte.
   */
  public synchronized String hash() {
    if (hash.isEmpty()) {
      MessageDigest digest = Digests.sha256();
      List<String> parts = new ArrayList<>(List.of("unet", "vae"));
      textEncoders.forEach(e -> parts.add(e.model()));
      for (String part : parts) {
        for (Path file : WeightFiles.of(folder.resolve(part))) {
          digest.update(FileHashes.sha256(file).getBytes(StandardCharsets.US_ASCII));
        }
      }
      hash = Digests.hex(digest);
    }
    return hash;
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

  /** The text encoders, in the order in which the denoiser gets what they see; at least one. */
  public List<TextEncoder> textEncoders() {
    return List.copyOf(textEncoders);
  }

  /**
   * Whether this is a Stable Diffusion XL: a denoiser that is told sizes and a pooled text, and
   * gets the last layer but one of its text encoders.
   */
  public boolean xl() {
    return unet.added().isPresent();
  }

  /** Whether zeros stand for an empty negative prompt. */
  public boolean zerosForNoText() {
    return zerosForNoText;
  }

  /** How the model was taught to remove noise. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** Height and width of the latents that the model was trained on. */
  public int sampleSize() {
    return sampleSize;
  }

  /** What the sides of pictures are multiples of, in pixels. */
  public int sizeUnit() {
    return vae.scale() << (unet.levels() - 1);
  }

  /** Weights of the denoiser. */
  public WeightStore unetWeights() {
    return unetWeights;
  }

  /** Weights of the autoencoder. */
  public WeightStore vaeWeights() {
    return vaeWeights;
  }

  /**
   * The layers that adapters can change: those of the denoiser, then those of the text encoders.
   */
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
    for (TextEncoder encoder : textEncoders) {
      Network.walk(
          encoder.model(),
          compute,
          Networks.text(encoder.config(), ClipText.View.LAST, compute, recorder));
    }
    return new SiteCatalogue(sites);
  }
}
