package dev.lora4j.vision.network;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sizes of a ResNet of torchvision, which has no configuration: they are read from the names and
 * shapes of its tensors. These do not say where blocks halve height and width, nor whether kernels
 * are dilated: both are as {@code torchvision.models.resnet50} has them.
 */
final class TorchvisionShapes {
  private static final String WEIGHT = ".weight";

  private final Path file;
  private final Map<String, TensorInfo> tensors;

  private TorchvisionShapes(Path file, Map<String, TensorInfo> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /** True if a file has the first layers of such a model. */
  static boolean recognises(Map<String, TensorInfo> tensors) {
    return tensors.containsKey("conv1.weight")
        && tensors.containsKey("bn1.weight")
        && tensors.containsKey("layer1.0.conv1.weight");
  }

  /**
   * The sizes.
   *
   * @throws ModelException if a layer is of another kind than those of a ResNet
   */
  static ResNetSizes of(Path file, Map<String, TensorInfo> tensors) {
    return new TorchvisionShapes(file, tensors).sizes();
  }

  private ResNetSizes sizes() {
    ResNetNames names = ResNetNames.TORCHVISION;
    Shape stem = convolution(names.stem());
    if (stem.size(1) != 3 || stem.size(2) != 7 || stem.size(3) != 7) {
      throw new ModelException(
          file
              + ": its first convolution is "
              + stem
              + "; expected one of 7x7 on 3 channels. Stems for small pictures are not supported.");
    }
    boolean bottleneck = has("layer1.0.conv3");
    List<Integer> depths = new ArrayList<>();
    List<Integer> inner = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    for (int stage = 0; has(names.convolution(names.block(stage, 0), 0)); stage++) {
      int blocks = 0;
      while (has(names.convolution(names.block(stage, blocks), 0))) {
        requireOneGroup(names.convolution(names.block(stage, blocks), 1));
        blocks++;
      }
      String first = names.block(stage, 0);
      depths.add(blocks);
      inner.add(channels(names.convolution(first, 0)));
      widths.add(channels(names.convolution(first, bottleneck ? 2 : 1)));
    }
    int labels =
        Optional.ofNullable(tensors.get(names.head() + WEIGHT))
            .map(head -> Math.toIntExact(head.shape().size(0)))
            .orElse(0);
    return new ResNetSizes(
        names,
        bottleneck,
        Math.toIntExact(stem.size(0)),
        depths,
        inner,
        widths,
        false,
        false,
        labels);
  }

  private boolean has(String layer) {
    return tensors.containsKey(layer + WEIGHT);
  }

  private Shape convolution(String layer) {
    Shape shape =
        Optional.ofNullable(tensors.get(layer + WEIGHT))
            .map(TensorInfo::shape)
            .orElseThrow(() -> new ModelException(file + " has no " + layer + WEIGHT + "."));
    if (shape.rank() != 4) {
      throw new ModelException(
          file + ": " + layer + WEIGHT + " is " + shape + ", which is no convolution.");
    }
    return shape;
  }

  private int channels(String layer) {
    return Math.toIntExact(convolution(layer).size(0));
  }

  private void requireOneGroup(String layer) {
    Shape shape = convolution(layer);
    String before = layer.substring(0, layer.length() - 1) + "1";
    long in = convolution(before).size(0);
    if (shape.size(1) != in && in % Math.max(1, shape.size(1)) == 0) {
      throw new ModelException(
          ("%s is a ResNeXt: %s has %d groups. Models with groups are not supported; take a"
                  + " ResNet or a wide ResNet.")
              .formatted(file, layer, in / shape.size(1)));
    }
  }
}
