package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model with a transformer in one file, as ComfyUI packs them: the denoiser and the autoencoder
 * under the names of their first publication, text encoders under those of transformers. Its
 * configurations and tokenisers are those of a folder.
 */
final class PackedFile implements ModelSource {
  private static final String VAE = "vae";
  private static final String TEXTS = "text_encoders.";
  private static final List<String> VAES = List.of("vae.", "first_stage_model.");

  private final Path file;
  private final Path folder;
  private final ModelConfigs configs;
  private final DenoiserFile denoiser;

  /** Prefixes of the names of each network's tensors, but of the denoiser's. */
  private final Map<String, String> prefixes = new LinkedHashMap<>();

  private final List<String> notes = new ArrayList<>();

  /**
   * Opens a file.
   *
   * @param folder in the layout of diffusers, whose weights are not read
   * @throws ModelException if the file lacks a network, or has one of another kind than the folder
   */
  PackedFile(Path file, Path folder) {
    this.file = file;
    this.folder = folder;
    configs = DiffusersConfigs.of(folder);
    denoiser = DenoiserFile.open(file, configs, folder);
    try {
      Map<String, TensorInfo> tensors = denoiser.tensors().tensors();
      prefixes.put(VAE, autoencoder(tensors.keySet()));
      for (ModelConfigs.Text text : configs.texts()) {
        prefixes.put(text.model(), encoder(text, tensors));
      }
      notes.addAll(DiffusersConfigs.notes(folder, configs));
    } catch (RuntimeException | Error e) {
      denoiser.close();
      throw e;
    }
  }

  /** Prefix of the autoencoder's tensors. */
  private String autoencoder(Set<String> tensors) {
    AutoencoderNetwork vae = configs.vae();
    Parameter first = Network.parameters(DType.F32, StagedNetworks.decoder(vae, DType.F32)).get(0);
    List<String> names = vae.originals(first.name());
    if (names.isEmpty()) {
      throw new ModelException(
          folder
              + " has an autoencoder whose names in files of first publication are not known; give"
              + " the folder with its weights as --base, and the file as --denoiser.");
    }
    return VAES.stream()
        .filter(prefix -> names.stream().anyMatch(name -> tensors.contains(prefix + name)))
        .findFirst()
        .orElseThrow(
            () ->
                lacking(
                    "an autoencoder of the kind in "
                        + folder
                        + ", below '"
                        + String.join("' or '", VAES)
                        + "'"));
  }

  private ModelException lacking(String what) {
    return new ModelException(
        file
            + " lacks "
            + what
            + ". Give a file with all networks, or a folder with the others as --base and this file"
            + " as --denoiser.");
  }

  /**
   * Finds an encoder by the names and sizes of its weights, as files name encoders as they like.
   */
  private String encoder(ModelConfigs.Text text, Map<String, TensorInfo> tensors) {
    List<Parameter> all =
        Network.parameters(
            DType.F32,
            StagedNetworks.text(text.network(), HiddenLayer.LAST, DType.F32, AdapterInputs.NONE));
    List<String> first = text.network().names(all.get(0).name());
    return tensors.keySet().stream()
        .filter(t -> t.startsWith(TEXTS))
        .flatMap(
            t ->
                first.stream()
                    .filter(t::endsWith)
                    .map(n -> t.substring(0, t.length() - n.length())))
        .filter(prefix -> all.stream().allMatch(p -> fits(text.network(), prefix, p, tensors)))
        .findFirst()
        .orElseThrow(
            () ->
                lacking(
                    "a text encoder for "
                        + text.model()
                        + " of "
                        + folder
                        + ": none below "
                        + TEXTS
                        + " has its weights and sizes"));
  }

  private static boolean fits(
      TextEncoderNetwork network,
      String prefix,
      Parameter parameter,
      Map<String, TensorInfo> tensors) {
    return network.names(parameter.name()).stream()
        .map(n -> Optional.ofNullable(tensors.get(prefix + n)))
        .anyMatch(t -> t.filter(i -> i.shape().equals(parameter.shape())).isPresent());
  }

  private boolean denoises(String model) {
    return model.equals(configs.unet().component());
  }

  @Override
  public ModelConfigs configs() {
    return configs;
  }

  @Override
  public StoredTensors store(String model) {
    return denoiser.tensors();
  }

  @Override
  public String label(String model) {
    return "";
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    if (denoises(model)) {
      return denoiser.places(parameter);
    }
    String prefix = Optional.ofNullable(prefixes.get(model)).orElseThrow();
    List<String> names =
        configs
            .text(model)
            .map(t -> t.names(parameter.name()))
            .orElseGet(() -> configs.vae().originals(parameter.name()));
    return names.stream().map(n -> Placement.of("", prefix + n)).toList();
  }

  /** Networks that the folder does not have are left alone; those that it has must be known. */
  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    List<String> unknown = new ArrayList<>();
    int others = 0;
    for (String tensor : unclaimed) {
      Optional<Map.Entry<String, String>> own =
          prefixes.entrySet().stream().filter(e -> tensor.startsWith(e.getValue())).findFirst();
      if (own.isPresent()) {
        String name = tensor.substring(own.get().getValue().length());
        if (!ignores(own.get().getKey(), name)) {
          unknown.add(tensor);
        }
      } else if (tensor.startsWith(denoiser.prefix())) {
        unknown.addAll(denoiser.unknown(List.of(tensor)));
      } else {
        others++;
      }
    }
    if (others > 0) {
      notes.add(
          "Not needed of %s: %d %s of networks that %s does not have."
              .formatted(file.getFileName(), others, others == 1 ? "tensor" : "tensors", folder));
    }
    return unknown;
  }

  private boolean ignores(String model, String tensor) {
    return configs
        .text(model)
        .map(t -> t.ignores(tensor))
        .orElseGet(() -> configs.vae().ignores(tensor));
  }

  @Override
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    all.addAll(denoiser.notes());
    return all;
  }

  @Override
  public List<Path> files() {
    return denoiser.files();
  }

  @Override
  public List<Path> filesWithout(String model) {
    return files();
  }

  @Override
  public PromptTokenizer tokenizer(ModelConfigs.Text encoder, PromptFrame frame) {
    return FolderSource.tokenizer(folder, encoder, frame);
  }

  @Override
  public void close() {
    denoiser.close();
  }
}
