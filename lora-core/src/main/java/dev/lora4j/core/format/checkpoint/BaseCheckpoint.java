package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A base model as it lies in a file or folder: its sites, and where the weight and bias of each
 * lie. Needs no engine and builds no network; only headers are read until the first request for a
 * weight.
 *
 * <p>Known are
 *
 * <ul>
 *   <li>checkpoints in one file in the layout that Stable Diffusion 1, 2, XL, 3 and FLUX were
 *       published in, with or without text encoders;
 *   <li>folders of diffusers and denoisers out of them, sharded or not;
 *   <li>any other model, whose sites are called as in the file.
 * </ul>
 *
 * <p>Quantised weights stand for their numbers; what they are stored as is another matter.
 *
 * <p>Autoencoders and what else is in the files are no sites. Methods may be called by several
 * threads. The opener closes it.
 */
public final class BaseCheckpoint implements AutoCloseable {
  /** Companions of weights that count by a scale. */
  private static final List<String> SCALES = List.of("_scale", "_scale_inv", ".scale_weight");

  private final Path path;
  private final Map<String, TensorStore> parts;
  private final Map<String, QuantisedTensors> numbers = new LinkedHashMap<>();
  private final Family base;
  private final boolean original;
  private final Map<String, CheckpointLayer> layers = new LinkedHashMap<>();
  private final Map<String, Map<String, List<Placed>>> places = new LinkedHashMap<>();

  /**
   * A weight or bias in a tensor of a checkpoint.
   *
   * @param site canonical name of its site
   * @param bias whether it is the site's bias, not its weight
   */
  public record Placed(String site, boolean bias, Placement placement) {}

  private BaseCheckpoint(Path path, Map<String, TensorStore> parts) {
    this.path = path;
    this.parts = parts;
    parts.forEach((part, store) -> numbers.put(part, QuantisedTensors.scaled(store)));
    Optional<OriginalLayout> layout =
        Optional.ofNullable(numbers.get(""))
            .flatMap(tensors -> OriginalLayout.of(tensors.tensors(), ""));
    original = layout.isPresent();
    List<CheckpointLayer> found =
        layout.map(OriginalLayout::layers).orElseGet(() -> canonical(numbers));
    Optional<Family> family = layout.map(OriginalLayout::family).or(() -> FamilyMatch.of(found));
    family
        .map(f -> FamilyMatch.dressed(f, found))
        .orElse(found)
        .forEach(layer -> layers.put(layer.site().name(), layer));
    if (layers.isEmpty()) {
      throw new CheckpointException(
          path + " is no base model: it has no floating-point tensor called like a weight.");
    }
    base = base(family);
    layers.values().forEach(this::place);
  }

  private static List<CheckpointLayer> canonical(Map<String, QuantisedTensors> parts) {
    List<CheckpointLayer> all = new ArrayList<>();
    parts.forEach(
        (part, store) -> {
          Map<String, TensorInfo> tensors = store.tensors();
          CheckpointNames names = CheckpointNames.of(part, tensors);
          all.addAll(new InferredLayers(tensors, part, names).all());
        });
    return all;
  }

  private Family base(Optional<Family> family) {
    SiteCatalogue sites =
        new SiteCatalogue(layers.values().stream().map(CheckpointLayer::site).toList());
    return family
        .map(
            f ->
                new Family(
                    f.name(),
                    f.title(),
                    sites,
                    f.natives().stream().filter(n -> layers.containsKey(n.site())).toList()))
        .orElseGet(() -> new Family("", title(), sites, Families.natives(sites)));
  }

  private String title() {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  private void place(CheckpointLayer layer) {
    String site = layer.site().name();
    place(new Placed(site, false, layer.weight()));
    layer.bias().ifPresent(b -> place(new Placed(site, true, b)));
  }

  private void place(Placed placed) {
    places
        .computeIfAbsent(placed.placement().part(), p -> new LinkedHashMap<>())
        .computeIfAbsent(placed.placement().tensor(), t -> new ArrayList<>())
        .add(placed);
  }

  /**
   * Opens a base model: a safetensors file, an index of shards, or a folder as diffusers or
   * transformers save it.
   *
   * @throws CheckpointException if it is none, for example an adapter
   * @throws dev.lora4j.core.safetensors.SafetensorsException if a file is damaged or no safetensors
   *     file
   */
  public static BaseCheckpoint open(Path path) {
    Map<String, TensorStore> parts = CheckpointParts.open(path);
    try {
      return new BaseCheckpoint(path, parts);
    } catch (RuntimeException | Error e) {
      parts.values().forEach(TensorStore::close);
      throw e;
    }
  }

  /** Path that the checkpoint was opened by. */
  public Path path() {
    return path;
  }

  /**
   * The kind of base that it is, with the sites that it has, in the shapes that they have here. Its
   * name is empty if it is of no family that is known.
   */
  public Family base() {
    return base;
  }

  /** Returns true if it is one file in the original layout. */
  public boolean original() {
    return original;
  }

  /**
   * Its files by the model they hold, for example {@code unet}; a checkpoint in one file has a
   * single part called "", and a denoiser of diffusers alone one called as the denoiser.
   */
  public Map<String, TensorStore> parts() {
    return parts;
  }

  /**
   * The tensors of a part by the numbers that they stand for; see {@link QuantisedTensors#scaled}.
   *
   * @throws IllegalArgumentException if there is no such part
   */
  public QuantisedTensors numbers(String part) {
    return Optional.ofNullable(numbers.get(part))
        .orElseThrow(() -> new IllegalArgumentException(path + " has no part '" + part + "'."));
  }

  /** Placement of a site's weight; empty if there is no such site. */
  public Optional<Placement> weight(String site) {
    return Optional.ofNullable(layers.get(site)).map(CheckpointLayer::weight);
  }

  /** Placement of a site's bias; empty if there is no such site or it has none. */
  public Optional<Placement> bias(String site) {
    return Optional.ofNullable(layers.get(site)).flatMap(CheckpointLayer::bias);
  }

  /** Parameters that a tensor holds; none if it holds no weight or bias of a site. */
  public List<Placed> at(String part, String tensor) {
    return List.copyOf(places.getOrDefault(part, Map.of()).getOrDefault(tensor, List.of()));
  }

  /**
   * A weight or bias as its site has it: in the type that is stored, and in F32 if it is quantised.
   *
   * @throws CheckpointException if it has a scale beside it and is not quantised in a way that is
   *     read here
   */
  public HostTensor read(Placement placement) {
    QuantisedTensors from = numbers(placement.part());
    requireUnscaled(from, placement.tensor());
    DType type = from.numberType(placement.tensor());
    return new ParameterBytes(placement, info(placement, type)).read(from);
  }

  private void requireUnscaled(QuantisedTensors from, String tensor) {
    String layer = tensor.endsWith(".weight") ? tensor.substring(0, tensor.length() - 7) : tensor;
    for (String scale : SCALES) {
      String companion = (scale.startsWith(".") ? layer : tensor) + scale;
      if (!from.encoded(tensor) && from.tensors().containsKey(companion)) {
        throw new CheckpointException(
            tensor
                + " in "
                + path
                + " is quantised in a way that is not read here: its numbers count by the scale in "
                + companion
                + ". Use the checkpoint in BF16, F16 or F32.");
      }
    }
  }

  /**
   * A weight or bias in the bytes of the tensor that it lies in, as its site has it.
   *
   * @param whole the bytes of the tensor's numbers, in {@code dtype}
   */
  public HostTensor read(Placement placement, DType dtype, ByteBuffer whole) {
    return new ParameterBytes(placement, info(placement, dtype)).read(whole);
  }

  /**
   * Puts a weight or bias into the bytes of the tensor that it lies in.
   *
   * @param value as the site has it
   * @param whole the bytes of the whole tensor, in the type of {@code value}; changed in place
   * @throws IllegalArgumentException if the shape of {@code value} differs from what is stored
   */
  public void put(Placement placement, HostTensor value, ByteBuffer whole) {
    new ParameterBytes(placement, info(placement, value.dtype())).write(value, whole);
  }

  private TensorInfo info(Placement placement, DType dtype) {
    TensorInfo stored =
        Optional.ofNullable(numbers(placement.part()).tensors().get(placement.tensor()))
            .orElseThrow(() -> new IllegalArgumentException(placement + " is not of " + path));
    return new TensorInfo(stored.name(), dtype, stored.shape(), stored.begin(), stored.end());
  }

  @Override
  public void close() {
    parts.values().forEach(TensorStore::close);
  }
}
