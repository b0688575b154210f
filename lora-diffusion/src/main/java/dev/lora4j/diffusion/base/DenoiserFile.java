package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.NativePlacements;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.reading.ModelFamily;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.original.IgnoredKey;
import dev.lora4j.diffusion.base.original.OriginalDenoiser;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The denoiser in a file, alone or among other networks, in the layout of first publication or in
 * that of diffusers.
 */
final class DenoiserFile implements AutoCloseable {
  /** Name of a weight in one of several blocks. */
  private static final Pattern NUMBERED = Pattern.compile(".*\\.\\d+\\..*");

  private static final int SD1_TEXT = 768;
  private static final int SD2_TEXT = 1024;

  private final Path path;
  private final SingleFile opened;
  private final DenoiserNetwork network;
  private final String prefix;
  private final Optional<Original> original;
  private final List<String> notes = new ArrayList<>();

  /** Places of a denoiser's weights in the layout of first publication. */
  @FunctionalInterface
  private interface Original {
    List<Placement> places(Parameter parameter);
  }

  private DenoiserFile(
      Path path,
      SingleFile opened,
      DenoiserNetwork network,
      String prefix,
      Optional<Original> original) {
    this.path = path;
    this.opened = opened;
    this.network = network;
    this.prefix = prefix;
    this.original = original;
  }

  /**
   * Opens a file.
   *
   * @param configs of the base
   * @param base its path, for messages
   * @throws ModelException if it has no denoiser, or one of another kind than the base's
   */
  static DenoiserFile open(Path path, ModelConfigs configs, Path base) {
    if (Files.isDirectory(path)) {
      throw new ModelException(
          path
              + " is a folder; give the file of a denoiser, such as its"
              + " diffusion_pytorch_model.safetensors.");
    }
    SingleFile opened = SingleFile.open(path);
    try {
      DenoiserFile file = found(path, opened, configs.unet());
      file.requireKind(base);
      file.notes.add("The denoiser is that of " + path.getFileName() + ".");
      if (file.has("v_pred") && configs.schedule().prediction() != Prediction.V_PREDICTION) {
        file.notes.add(
            path.getFileName()
                + " says by its key v_pred that it predicts velocity, and "
                + base.getFileName()
                + " does not; --prediction v_prediction takes its word.");
      }
      return file;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private static DenoiserFile found(Path path, SingleFile opened, DenoiserNetwork network) {
    Map<String, TensorInfo> tensors = opened.tensors().tensors();
    if (network instanceof UNet unet) {
      Optional<String> prefix = OriginalDenoiser.prefix(tensors.keySet());
      if (prefix.isPresent()) {
        OriginalDenoiser original = new OriginalDenoiser(unet.config(), prefix.get());
        return new DenoiserFile(
            path, opened, network, prefix.get(), Optional.of(p -> List.of(original.place(p))));
      }
    }
    Optional<NativePlacements> natives =
        NativePlacements.of(
            ModelFamily.of(network.component(), BaseSites.of(network)), tensors.keySet());
    if (natives.isPresent()) {
      NativePlacements own = natives.get();
      return new DenoiserFile(
          path, opened, network, own.prefix(), Optional.of(p -> placed(network, own, p)));
    }
    for (String prefix : List.of(network.component() + ".", "")) {
      if (named(network, prefix, tensors.keySet())) {
        return new DenoiserFile(path, opened, network, prefix, Optional.empty());
      }
    }
    throw new ModelException(
        path
            + (network instanceof UNet
                ? " has no denoiser of Stable Diffusion 1, 2 or XL"
                : " has no denoiser of the base's kind")
            + opened.architecture().map(a -> " (its architecture is '" + a + "')").orElse("")
            + (network instanceof UNet
                ? ": neither "
                    + OriginalDenoiser.WHOLE
                    + "input_blocks.0.0.weight nor input_blocks.0.0.weight nor conv_in.weight."
                : ": it has less than half of its layers, by their names in diffusers and in files"
                    + " of first publication."));
  }

  /** Returns true if most of a denoiser's weights are there under diffusers' names. */
  private static boolean named(DenoiserNetwork network, String prefix, Set<String> tensors) {
    if (network instanceof UNet) {
      return tensors.contains(prefix + "conv_in.weight");
    }
    List<Parameter> all = parameters(network);
    long there =
        all.stream()
            .filter(
                p -> network.names(p.name()).stream().anyMatch(n -> tensors.contains(prefix + n)))
            .count();
    return 2 * there > all.size();
  }

  /** Places of a weight: those of its layer, or under its own name where it is of no layer. */
  private static List<Placement> placed(
      DenoiserNetwork network, NativePlacements natives, Parameter parameter) {
    String name = parameter.name();
    int dot = name.lastIndexOf('.');
    String site = network.component() + "." + name.substring(0, Math.max(0, dot));
    List<Placement> own = natives.of(site, name.substring(dot + 1));
    return own.isEmpty()
        ? network.names(name).stream().map(n -> Placement.of("", natives.prefix() + n)).toList()
        : own;
  }

  private boolean has(String name) {
    return tensors().tensors().containsKey(prefix + name) || tensors().tensors().containsKey(name);
  }

  /** Refuses a denoiser of another kind by that, and not by hundreds of weights that do not fit. */
  private void requireKind(Path base) {
    if (!(network instanceof UNet)) {
      requireOuterLayers(base);
      return;
    }
    boolean told =
        has(original.isPresent() ? "label_emb.0.0.weight" : "add_embedding.linear_1.weight");
    Optional<Integer> width =
        tensors().tensors().values().stream()
            .filter(t -> t.name().startsWith(prefix))
            .filter(t -> t.name().endsWith("attn2.to_k.weight") && t.shape().rank() > 1)
            .map(t -> (int) t.shape().size(1))
            .findFirst();
    boolean same =
        told == network.pooledWidth() > 0
            && width.filter(w -> w != network.crossAttentionDim()).isEmpty();
    if (!same) {
      throw new ModelException(
          path
              + " is the denoiser of "
              + kind(told, width.orElse(0))
              + ", but "
              + base
              + " is "
              + kind(network.pooledWidth() > 0, network.crossAttentionDim())
              + ". Take a denoiser of the base's kind, or name the base that it belongs to by"
              + " --base.");
    }
  }

  /** Blocks of other kinds may have the same names; the layers around them tell kinds apart. */
  private void requireOuterLayers(Path base) {
    List<String> lacking =
        parameters(network).stream()
            .filter(p -> !NUMBERED.matcher(p.name()).matches())
            .map(this::places)
            .filter(all -> all.stream().noneMatch(p -> tensors().tensors().containsKey(p.tensor())))
            .map(all -> all.get(0).tensor())
            .distinct()
            .toList();
    if (!lacking.isEmpty()) {
      throw new ModelException(
          path
              + " is the denoiser of another kind than that of "
              + base
              + ": it lacks "
              + String.join(", ", lacking)
              + ". Take a denoiser of the base's kind, or name the base that it belongs to by"
              + " --base.");
    }
  }

  private static List<Parameter> parameters(DenoiserNetwork network) {
    return Network.parameters(
        DType.F32, StagedNetworks.denoiser(network, DType.F32, AdapterInputs.NONE));
  }

  private static String kind(boolean told, int width) {
    String name =
        told
            ? "a Stable Diffusion XL"
            : switch (width) {
              case SD1_TEXT -> "a Stable Diffusion 1";
              case SD2_TEXT -> "a Stable Diffusion 2";
              default -> "a model without size conditioning";
            };
    return name + " (texts of width " + width + ")";
  }

  Path path() {
    return path;
  }

  /** Prefix of the names of its tensors. */
  String prefix() {
    return prefix;
  }

  StoredTensors tensors() {
    return opened.tensors();
  }

  /** The files with the weights: several, where this is an index of them. */
  List<Path> files() {
    return tensors().tensors().keySet().stream()
        .map(tensors()::fileOf)
        .distinct()
        .sorted()
        .toList();
  }

  /** Notes for the user, as sentences. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  List<Placement> places(Parameter parameter) {
    return original
        .map(o -> o.places(parameter))
        .orElseGet(
            () ->
                network.names(parameter.name()).stream()
                    .map(name -> Placement.of("", prefix + name))
                    .toList());
  }

  /** Those of its tensors that nobody asked for and that must not be there. */
  List<String> unknown(List<String> unclaimed) {
    List<String> own = unclaimed.stream().filter(n -> n.startsWith(prefix)).toList();
    int others = unclaimed.size() - own.size();
    if (others > 0) {
      notes.add(
          "Not needed of "
              + path.getFileName()
              + ": "
              + others
              + (others == 1 ? " tensor beside" : " tensors beside")
              + " the denoiser.");
    }
    return own.stream()
        .filter(n -> IgnoredKey.of(n.substring(prefix.length())).isEmpty())
        .filter(n -> !network.ignores(n.substring(prefix.length())))
        .toList();
  }

  @Override
  public void close() {
    opened.close();
  }
}
