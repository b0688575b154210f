package dev.lora4j.testkit;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Weights of random numbers, the same for the same names, read from a file as those of bases. */
final class SyntheticWeights {
  private static final String VARIANCE = ".running_var";

  private SyntheticWeights() {}

  /** Numbers above 0 for the variances of batch norms, which are known by torch's name. */
  private static HostTensor values(Parameter parameter, SplittableRandom random) {
    HostTensor drawn = SyntheticLayer.numbers(parameter.shape(), random);
    return parameter.name().endsWith(VARIANCE)
        ? HostTensor.of(
            drawn.dtype(),
            drawn.shape(),
            Arrays.stream(drawn.doubles()).map(number -> Math.exp(number / 2)).toArray())
        : drawn;
  }

  /** Random weights of a network's parameters, in a type. */
  static WeightStore of(Scope scope, List<Parameter> parameters, DType type) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters) {
      SplittableRandom random = new SplittableRandom(parameter.name().hashCode());
      HostTensor values = values(parameter, random);
      writer.add(parameter.name(), values.dtype(), values.shape(), values.bytes());
    }
    try {
      Path file = Files.createTempFile("weights", ".safetensors");
      try {
        writer.write(file);
        try (Safetensors opened = Safetensors.open(file)) {
          return WeightStore.load(scope, opened, StoredWeight.all(opened.tensors()), type);
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
