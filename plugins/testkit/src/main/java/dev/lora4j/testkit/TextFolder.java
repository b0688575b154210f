package dev.lora4j.testkit;

import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A folder of transformers with a model of random numbers, but for its tokeniser.
 *
 * @param config the configuration
 * @param family family with the locations of weights
 */
record TextFolder(String config, TextFamily family) {
  /** Writes these weights, and tensors of one number that no network needs. */
  Path write(Path folder, List<Parameter> parameters, List<String> others) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters) {
      HostTensor values =
          SyntheticLayer.numbers(
              parameter.shape(), new SplittableRandom(parameter.name().hashCode()));
      Placement likeliest = family.places(parameter).get(0);
      HostTensor stored = likeliest.transposed() ? Matrices.transposed(values) : values;
      writer.add(likeliest.tensor(), stored.dtype(), stored.shape(), stored.bytes());
    }
    HostTensor one = HostTensor.of(Shape.of(1), 1f);
    others.forEach(name -> writer.add(name, one.dtype(), one.shape(), one.bytes()));
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), config);
      writer.write(folder.resolve("model.safetensors"));
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
