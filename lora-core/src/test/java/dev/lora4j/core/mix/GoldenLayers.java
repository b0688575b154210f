package dev.lora4j.core.mix;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Weights of a reference's small base, and ours of it after an adapter. */
final class GoldenLayers {
  static final String CONFIG = "adapter_config.json";
  static final String TENSORS = "adapter_model.safetensors";

  private final Path folder;
  private final String prefix;
  private final Map<String, HostTensor> base;

  /**
   * Reads {@code base.safetensors} in a folder below {@code core/format} of the test resources.
   *
   * @param prefix what canonical names have before the names in the file
   */
  GoldenLayers(String name, String prefix) {
    this.folder = folder(name);
    this.prefix = prefix;
    this.base = tensors(folder.resolve("base.safetensors"));
  }

  private static Path folder(String name) {
    try {
      String base = "/dev/lora4j/core/format/" + name + "/base.safetensors";
      return Path.of(Objects.requireNonNull(GoldenLayers.class.getResource(base)).toURI())
          .resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  Path folder() {
    return folder;
  }

  /** All tensors of a file. */
  static Map<String, HostTensor> tensors(Path path) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    try (Safetensors file = Safetensors.open(path)) {
      for (TensorInfo info : file.tensors().values()) {
        tensors.put(info.name(), HostTensor.of(info.dtype(), info.shape(), file.read(info.name())));
      }
    }
    return tensors;
  }

  /**
   * A changed copy of one of PEFT's adapters beside the base.
   *
   * @param copy folder for it
   * @param fields changes the configuration
   * @param tensors changes the tensors, by key
   */
  Path changed(
      String name,
      Path copy,
      Consumer<JsonObject> fields,
      Consumer<Map<String, HostTensor>> tensors)
      throws IOException {
    JsonObject config =
        JsonParser.parseString(Files.readString(folder.resolve(name).resolve(CONFIG)))
            .getAsJsonObject();
    fields.accept(config);
    Files.writeString(copy.resolve(CONFIG), config.toString());
    Map<String, HostTensor> all = tensors(folder.resolve(name).resolve(TENSORS));
    tensors.accept(all);
    SafetensorsWriter writer = new SafetensorsWriter();
    all.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(copy.resolve(TENSORS));
    return copy;
  }

  /** Its layers; {@code words} is a table. */
  Family family() {
    List<Site> sites =
        base.keySet().stream()
            .filter(k -> k.endsWith(".weight"))
            .map(k -> k.substring(0, k.length() - ".weight".length()))
            .map(this::site)
            .toList();
    return Family.of("the base", new SiteCatalogue(sites));
  }

  private Site site(String name) {
    Shape weight = Objects.requireNonNull(base.get(name + ".weight")).shape();
    if (name.equals("words")) {
      return Site.embedding(prefix + name, weight.size(0), weight.size(1));
    }
    return weight.rank() == 4
        ? Site.convolution(prefix + name, weight, 1, 1)
        : Site.linear(prefix + name, weight, base.containsKey(name + ".bias"));
  }

  /** The largest relative error of ours against the reference's merged parameters. */
  double error(Mixing mixing, LoadedAdapter read, Map<String, HostTensor> merged) {
    double worst = 0;
    for (Map.Entry<String, HostTensor> wanted : merged.entrySet()) {
      LayerParameter target =
          wanted.getKey().endsWith(".bias") ? LayerParameter.BIAS : LayerParameter.WEIGHT;
      String name = wanted.getKey().substring(0, wanted.getKey().lastIndexOf('.'));
      HostTensor found = merge(mixing, name, target, read);
      worst = Math.max(worst, Mixing.error(found.doubles(), wanted.getValue().doubles()));
    }
    return worst;
  }

  /** All parameters of the layers with an adapter. */
  Map<String, HostTensor> merged(Mixing mixing, LoadedAdapter read) {
    Map<String, HostTensor> all = new TreeMap<>();
    for (String parameter : base.keySet()) {
      LayerParameter target =
          parameter.endsWith(".bias") ? LayerParameter.BIAS : LayerParameter.WEIGHT;
      String name = parameter.substring(0, parameter.lastIndexOf('.'));
      if (read.adapter().sites().containsKey(prefix + name)) {
        all.put(parameter, merge(mixing, name, target, read));
      }
    }
    return all;
  }

  private HostTensor merge(Mixing mixing, String name, LayerParameter target, LoadedAdapter read) {
    Map<String, HostTensor> layer = new TreeMap<>();
    for (String parameter : List.of("weight", "bias")) {
      Optional.ofNullable(base.get(name + "." + parameter)).ifPresent(t -> layer.put(parameter, t));
    }
    MethodCase at =
        new MethodCase(
            name, "", site(name), DType.F32, Map.of(), Map.of(), layer, List.of(), List.of());
    return mixing.merge(
        at, target, List.of(at.adapter(read.adapter().at(prefix + name))), AdapterOrder.IN_TURN, 1);
  }
}
