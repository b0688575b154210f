package dev.lora4j.bench.transformer;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.core.train.SeededNoise;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Inputs of every contender.
 *
 * @param x [batch, tokens, width]
 * @param target [batch, tokens, width]
 * @param weights the frozen ones, by name
 * @param factors the trained ones, by name
 */
record StepInputs(
    TransformerSize size,
    HostTensor x,
    HostTensor target,
    Map<String, HostTensor> weights,
    Map<String, HostTensor> factors) {

  static StepInputs of(TransformerSize size) {
    StepProgram program = new StepProgram(size);
    Shape shape = Shape.of(size.batch(), size.tokens(), size.width());
    return new StepInputs(
        size,
        gaussian(shape, 1),
        gaussian(shape, 2),
        filled(program.weights()),
        filled(program.factors(size.rank())));
  }

  private static HostTensor gaussian(Shape shape, int purpose) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(0, purpose).gaussians(values, 0, values.length);
    return HostTensor.of(shape, values);
  }

  private static Map<String, HostTensor> filled(FlatLayout layout) {
    float[] flat = Initialiser.fill(layout, 0);
    Map<String, HostTensor> filled = new LinkedHashMap<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      Shape shape = slot.parameter().shape();
      int from = Math.toIntExact(slot.offset());
      int to = Math.toIntExact(from + shape.elements());
      filled.put(slot.parameter().name(), HostTensor.of(shape, Arrays.copyOfRange(flat, from, to)));
    }
    return filled;
  }

  /** Writes a file for peers outside of this process. */
  Path write(Path file) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    all.put("x", x);
    all.put("target", target);
    all.putAll(weights);
    all.putAll(factors);
    SafetensorsWriter writer = new SafetensorsWriter();
    all.forEach((name, tensor) -> writer.add(name, tensor.dtype(), tensor.shape(), tensor.bytes()));
    writer.write(file);
    return file;
  }
}
