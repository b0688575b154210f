package dev.lora4j.core.model.packed;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A folder of transformers whose weights GPTQ or AWQ packed, opened to be converted. Only headers
 * are read until then. The opener closes it.
 */
public final class PackedModel implements AutoCloseable {
  private static final Set<String> METHODS = Set.of("gptq", "awq");
  private static final String CONFIG = "config.json";
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final Path folder;
  private final ConfigFile config;
  private final PackedScheme scheme;
  private final TensorStore store;
  private final Map<String, PackedLayer> layers = new LinkedHashMap<>();
  private final Set<String> left = new TreeSet<>();
  private final Set<String> unused = new TreeSet<>();

  private PackedModel(Path folder, ConfigFile config, TensorStore store) {
    this.folder = folder;
    this.config = config;
    this.store = store;
    this.scheme = PackedScheme.of(config);
    for (String name : store.tensors().keySet()) {
      if (name.endsWith(PackedLayer.CODES)) {
        String layer = name.substring(0, name.length() - PackedLayer.CODES.length());
        layers.put(layer, new PackedLayer(store, layer, scheme));
        for (String part :
            List.of(PackedLayer.CODES, PackedLayer.ZEROS, PackedLayer.SCALES, PackedLayer.GROUPS)) {
          if (store.tensors().containsKey(layer + part)) {
            left.add(layer + part);
          }
        }
      }
    }
    requireWhole();
    unused.addAll(emptyBiases());
    left.addAll(unused);
  }

  private void requireWhole() {
    if (layers.isEmpty()) {
      throw new ModelException(
          folder + " has no packed weights (.qweight), though its config.json says so.");
    }
    for (String name : store.tensors().keySet()) {
      boolean part = name.endsWith(PackedLayer.ZEROS) || name.endsWith(PackedLayer.GROUPS);
      if (part && !left.contains(name)) {
        throw new ModelException(
            "%s: %s is of a packed weight whose %s is missing. Get the whole model again."
                .formatted(store.path(), name, PackedLayer.CODES));
      }
    }
    for (String layer : layers.keySet()) {
      if (store.tensors().containsKey(layer + WEIGHT)) {
        throw new ModelException(
            "%s has the weight %s both packed and as numbers.".formatted(store.path(), layer));
      }
    }
  }

  /** Returns true if a path is such a folder, by its configuration. */
  public static boolean is(Path path) {
    Path file = path.resolve(CONFIG);
    return Files.isDirectory(path)
        && Files.isRegularFile(file)
        && ConfigFile.read(file)
            .section(PackedScheme.SECTION)
            .filter(s -> METHODS.contains(s.text("quant_method", "")))
            .isPresent();
  }

  /**
   * Opens a folder.
   *
   * @throws ModelException if it is packed in a way that is not read, or a weight is not whole
   */
  public static PackedModel open(Path folder) {
    ConfigFile config = ConfigFile.read(folder.resolve(CONFIG));
    PackedScheme.of(config);
    TensorStore store = TensorStore.open(WeightFiles.main(folder));
    try {
      return new PackedModel(folder, config, store);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  /**
   * Biases of packed layers that are 0 in every block: packers of 2023 gave each layer one, whether
   * the model has any or not.
   */
  private Set<String> emptyBiases() {
    Map<String, List<String>> kinds = new TreeMap<>();
    for (String layer : layers.keySet()) {
      if (store.tensors().containsKey(layer + BIAS)) {
        kinds.computeIfAbsent(layer.replaceAll("\\d+", "N"), k -> new ArrayList<>()).add(layer);
      }
    }
    Set<String> empty = new TreeSet<>();
    for (List<String> kind : kinds.values()) {
      if (kind.stream().allMatch(layer -> zero(layer + BIAS))) {
        kind.forEach(layer -> empty.add(layer + BIAS));
      }
    }
    return empty;
  }

  private boolean zero(String name) {
    TensorInfo info = info(name);
    return Set.of(DType.F16, DType.BF16, DType.F32).contains(info.dtype())
        && HostTensor.owning(info.dtype(), info.shape(), store.bytes(name)).zero();
  }

  private TensorInfo info(String name) {
    TensorInfo info = store.tensors().get(name);
    if (info == null) {
      throw new IllegalArgumentException(name);
    }
    return info;
  }

  Path folder() {
    return folder;
  }

  ConfigFile config() {
    return config;
  }

  TensorStore store() {
    return store;
  }

  /** Packed weights by name of the layer, in the order of the files. */
  Map<String, PackedLayer> layers() {
    return layers;
  }

  /** Tensors that the numbers take the place of, and biases without effect. */
  Set<String> left() {
    return left;
  }

  /** How it was packed, for people: {@code GPTQ, 4 bits in groups of 128}. */
  public String described() {
    return scheme.method()
        + ", "
        + scheme.bits()
        + " bits in groups of "
        + (scheme.group() < 0 ? "all columns" : String.valueOf(scheme.group()));
  }

  /** Number of tensors that a conversion writes. */
  public int written() {
    return store.tensors().size() - left.size() + layers.size();
  }

  /** Number of packed weights. */
  public int packed() {
    return layers.size();
  }

  /** Names of biases that are 0 everywhere, which are not written. */
  public Set<String> emptied() {
    return unused;
  }

  /** The type that the model was computed in before it was packed; F16 where nothing says. */
  public DType usual() {
    String said = config.text("dtype", config.text("torch_dtype", "float16"));
    return said.equals("bfloat16") ? DType.BF16 : said.equals("float32") ? DType.F32 : DType.F16;
  }

  @Override
  public void close() {
    store.close();
  }
}
