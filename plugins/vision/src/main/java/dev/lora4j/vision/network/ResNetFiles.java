package dev.lora4j.vision.network;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.model.WeightLocations;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.pipeline.AdapterClasses;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Files of a ResNet: a folder in the layout of transformers, or a file of torchvision's tensors.
 */
public final class ResNetFiles implements WeightLocations, AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String ENDING = ".safetensors";

  /** Number of pictures that a norm has seen, which nothing depends on. */
  private static final String SEEN = ".num_batches_tracked";

  private final Path path;
  private final TensorStore store;
  private final StoredTensors tensors;
  private final ResNetSizes sizes;
  private final List<String> labels;

  private ResNetFiles(Path path, TensorStore store) {
    this.path = path;
    this.store = store;
    this.tensors = StoredTensors.of(store);
    Map<String, TensorInfo> all = store.tensors();
    if (Files.isDirectory(path)) {
      ConfigFile config = ConfigFile.read(path.resolve(CONFIG));
      int head =
          Optional.ofNullable(all.get(ResNetNames.TRANSFORMERS.head() + ".weight"))
              .map(info -> Math.toIntExact(info.shape().size(0)))
              .orElse(0);
      sizes = ResNetSizes.read(config, head);
      labels = labels(config, head);
    } else if (TorchvisionShapes.recognises(all)) {
      sizes = TorchvisionShapes.of(path, all);
      List<String> named = AdapterClasses.of(path);
      labels = named.size() == sizes.labels() ? named : numbered(sizes.labels());
    } else if (all.keySet().stream().anyMatch(n -> n.startsWith("resnet.encoder."))) {
      throw new ModelException(
          path
              + " is a ResNet of transformers without its configuration; give the folder with "
              + CONFIG
              + ".");
    } else {
      throw new ModelException(
          path
              + " is no ResNet of torchvision: expected conv1.weight, bn1.weight and"
              + " layer1.0.conv1.weight, found "
              + String.join(", ", all.keySet().stream().limit(3).toList())
              + (all.size() > 3 ? " and " + (all.size() - 3) + " more." : "."));
    }
  }

  /**
   * Opens the files of a model; of its weights only the headers are read.
   *
   * @throws ModelException if it is no ResNet that can be computed
   */
  public static ResNetFiles open(Path path) {
    TensorStore store = TensorStore.open(file(path));
    try {
      return new ResNetFiles(path, store);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private static Path file(Path path) {
    if (Files.isDirectory(path)) {
      if (!Files.exists(path.resolve(CONFIG))) {
        throw new ModelException(
            path
                + " is no ResNet: expected a folder in the layout of transformers, with "
                + CONFIG
                + " and model.safetensors, or a .safetensors file of torchvision's tensors.");
      }
      return WeightFiles.main(path);
    }
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".bin")) {
      throw new ModelException(
          path
              + " can run code when it is read, and is not opened. Make a safetensors file of it:"
              + " python3 -c \"import torch; from safetensors.torch import save_file;"
              + " save_file(torch.load('"
              + path
              + "', weights_only=True), 'model.safetensors')\"");
    }
    if (!name.endsWith(ENDING)) {
      throw new ModelException(
          path + " is no ResNet: expected a " + ENDING + " file or a folder of transformers.");
    }
    return path;
  }

  private static List<String> labels(ConfigFile config, int count) {
    Optional<ConfigFile> named = config.section("id2label");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String number = String.valueOf(i);
      String usual = "LABEL_" + i;
      all.add(named.map(n -> n.text(number, usual)).orElse(usual));
    }
    return all;
  }

  /** Names of so many classes without names. */
  static List<String> numbered(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add("LABEL_" + i);
    }
    return all;
  }

  /** Folder or file. */
  public Path path() {
    return path;
  }

  /** Sizes of the network with the head that there is. */
  public ResNetSizes sizes() {
    return sizes;
  }

  /**
   * Names of the classes of that head; none if there is none. A file of torchvision's tensors may
   * have them in its header, as adapters do; else they are numbered.
   */
  public List<String> labels() {
    return List.copyOf(labels);
  }

  /** All tensors by name, in the order of their bytes. */
  public Map<String, TensorInfo> stored() {
    return store.tensors();
  }

  /** Bytes of a tensor. */
  public ByteBuffer bytes(String name) {
    return store.read(name);
  }

  /** Type of the first convolution, as that of all weights. */
  public DType type() {
    return Optional.ofNullable(store.tensors().get(sizes.names().stem() + ".weight"))
        .map(TensorInfo::dtype)
        .orElse(DType.F32);
  }

  /** Files with the weights. */
  public List<Path> weights() {
    return Files.isDirectory(path) ? WeightFiles.of(path) : List.of(path);
  }

  @Override
  public StoredTensors store(String model) {
    return tensors;
  }

  @Override
  public String label(String model) {
    return "";
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    return List.of(Placement.of("", parameter.name()));
  }

  /** All but the counts of norms, and a head that another one replaces. */
  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    String head = sizes.names().head() + ".";
    return unclaimed.stream().filter(n -> !n.endsWith(SEEN) && !n.startsWith(head)).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
