package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model in the folder layout of diffusers. */
final class FolderSource implements ModelSource {
  private static final String VAE = "vae";

  private final Path folder;
  private final ModelConfigs configs;
  private final Map<String, TensorStore> stores = new LinkedHashMap<>();
  private final Map<String, StoredTensors> tensors = new LinkedHashMap<>();

  FolderSource(Path folder) {
    if (!Files.isDirectory(DiffusersConfigs.denoiserFolder(folder))) {
      throw new ModelException(
          folder
              + " is no model: expected a folder in the layout of diffusers, with unet, vae,"
              + " text_encoder, tokenizer and scheduler inside.");
    }
    this.folder = folder;
    configs = DiffusersConfigs.of(folder);
  }

  @Override
  public ModelConfigs configs() {
    return configs;
  }

  @Override
  public StoredTensors store(String model) {
    return tensors.computeIfAbsent(
        model,
        m -> {
          TensorStore store = TensorStore.open(WeightFiles.main(part(m)));
          stores.put(m, store);
          return QuantisedTensors.of(store);
        });
  }

  @Override
  public String label(String model) {
    return part(model).getFileName() + "/";
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    String name = parameter.name();
    Optional<TextEncoderNetwork> text = configs.text(model);
    if (text.isPresent()) {
      return text.get().names(name).stream().map(n -> Placement.of(model, n)).toList();
    }
    if (model.equals(configs.unet().component())) {
      return configs.unet().names(name).stream().map(n -> Placement.of(model, n)).toList();
    }
    return configs.vae().names(name).stream().map(n -> Placement.of(model, n)).toList();
  }

  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    return unclaimed.stream().filter(n -> !ignores(model, n)).toList();
  }

  private boolean ignores(String model, String tensor) {
    if (model.equals(VAE)) {
      return configs.vae().ignores(tensor);
    }
    return model.equals(configs.unet().component())
        ? configs.unet().ignores(tensor)
        : configs.text(model).filter(text -> text.ignores(tensor)).isPresent();
  }

  /** Folder of a network's weights. */
  private Path part(String model) {
    return model.equals(configs.unet().component())
        ? DiffusersConfigs.denoiserFolder(folder)
        : folder.resolve(model);
  }

  @Override
  public List<String> notes() {
    return DiffusersConfigs.notes(folder, configs);
  }

  @Override
  public List<Path> files() {
    return filesWithout("");
  }

  @Override
  public List<Path> filesWithout(String model) {
    List<String> parts = new ArrayList<>(List.of(configs.unet().component(), VAE));
    configs.texts().forEach(t -> parts.add(t.model()));
    parts.remove(model);
    return parts.stream().flatMap(p -> WeightFiles.of(part(p)).stream()).toList();
  }

  @Override
  public PromptTokenizer tokenizer(ModelConfigs.Text encoder, PromptFrame frame) {
    return tokenizer(folder, encoder, frame);
  }

  /** The tokeniser that a folder of diffusers has for a text encoder. */
  static PromptTokenizer tokenizer(Path folder, ModelConfigs.Text encoder, PromptFrame frame) {
    String part = encoder.model().replace("text_encoder", "tokenizer");
    return encoder.network().tokenizer(folder.resolve(part), frame);
  }

  @Override
  public void close() {
    stores.values().forEach(TensorStore::close);
  }
}
