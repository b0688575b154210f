package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sites inferred from the tensors of a checkpoint of unknown architecture: a matrix is a linear
 * layer unless its name is that of an embedding, a vector is a norm, more dimensions are a
 * convolution. Strides and paddings are in no checkpoint; they are 1 and 0.
 */
final class InferredLayers {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** Names of tables; {@code embed_out} is the linear layer at the end of GPT-NeoX. */
  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(?:.*\\.)?(?:\\w*embed(?:ding)?s?|embed_(?!out$)\\w+|embedding_table|wte|wpe|shared"
              + "|relative_attention_bias)");

  private final Map<String, TensorInfo> tensors;
  private final String part;
  private final CheckpointNames names;

  InferredLayers(Map<String, TensorInfo> tensors, String part, CheckpointNames names) {
    this.tensors = tensors;
    this.part = part;
    this.names = names;
  }

  /** All layers, in the order of the tensors. */
  List<CheckpointLayer> all() {
    List<CheckpointLayer> layers = new ArrayList<>();
    tensors
        .values()
        .forEach(
            info -> {
              if (info.name().endsWith(WEIGHT)) {
                layer(info).ifPresent(layers::add);
              }
            });
    return layers;
  }

  private Optional<CheckpointLayer> layer(TensorInfo info) {
    Shape stored = info.shape();
    if (!SiteShapes.weights(info.dtype()) || stored.rank() == 0) {
      return Optional.empty();
    }
    String path = info.name().substring(0, info.name().length() - WEIGHT.length());
    boolean turned = names.transposed(path);
    Placement weight =
        turned ? Placement.transposed(part, info.name()) : Placement.of(part, info.name());
    Shape shape = weight.shape(stored);
    Optional<Placement> bias =
        Optional.ofNullable(tensors.get(path + BIAS))
            .filter(b -> SiteShapes.weights(b.dtype()) && b.shape().equals(Shape.of(shape.size(0))))
            .map(b -> Placement.of(part, b.name()));
    Site site = site(names.site(path), shape, bias.isPresent());
    return SiteShapes.possible(site.kind(), shape)
        ? Optional.of(new CheckpointLayer(site, weight, bias))
        : Optional.empty();
  }

  private static Site site(String name, Shape weight, boolean bias) {
    return new Site(name, kind(name, weight), weight, bias, 1, 0, 1, 1);
  }

  private static Site.Kind kind(String name, Shape weight) {
    return switch (weight.rank()) {
      case 1 -> Site.Kind.NORM;
      case 2 -> EMBEDDING.matcher(name).matches() ? Site.Kind.EMBEDDING : Site.Kind.LINEAR;
      default -> Site.Kind.CONVOLUTION;
    };
  }
}
