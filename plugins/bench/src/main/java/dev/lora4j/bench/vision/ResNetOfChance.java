package dev.lora4j.bench.vision;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.vision.network.ResNet;
import dev.lora4j.vision.network.ResNetSizes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A ResNet-50 with weights from chance, as a folder of transformers. */
final class ResNetOfChance {
  private static final int CLASSES = 1000;

  private static final String CONFIG =
      """
      {"architectures": ["ResNetForImageClassification"], "model_type": "resnet", "num_channels": 3,
       "embedding_size": 64, "hidden_sizes": [256, 512, 1024, 2048], "depths": [3, 4, 6, 3],
       "layer_type": "bottleneck", "hidden_act": "relu", "num_labels": 1000}
      """;

  private ResNetOfChance() {}

  /** Writes it, once. */
  static Path write(Path folder) {
    Path model = folder.resolve("resnet50");
    Path weights = model.resolve("model.safetensors");
    try {
      if (!Files.exists(weights)) {
        Files.createDirectories(model);
        Path config = Files.writeString(model.resolve("config.json"), CONFIG);
        ResNet network = new ResNet(ResNetSizes.read(ConfigFile.read(config), CLASSES));
        RandomWeights.write(weights, DType.F32, parameters(network));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  private static List<Parameter> parameters(ResNet network) {
    return Network.parameters(
        DType.F32,
        (graph, weights) ->
            List.of(
                network.logits(
                    weights.apply(SiteAdapters.NONE), ResNet.declare(graph), DType.F32)));
  }
}
