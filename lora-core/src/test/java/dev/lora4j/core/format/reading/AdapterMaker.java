package dev.lora4j.core.format.reading;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes files of adapters for tests: any keys, and values that depend on the key alone. */
public final class AdapterMaker {
  private final Map<String, HostTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** Values between -1 and 1, none of them 0. */
  public static HostTensor tensor(String key, long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    int state = key.hashCode() | 1;
    for (int i = 0; i < values.length; i++) {
      state = state * 1_103_515_245 + 12_345;
      values[i] = ((state >>> 16 & 0xff) - 127.5f) / 128;
    }
    return HostTensor.of(shape, values);
  }

  public AdapterMaker add(String key, HostTensor tensor) {
    tensors.put(key, tensor);
    return this;
  }

  public AdapterMaker add(String key, long... sizes) {
    return add(key, tensor(key, sizes));
  }

  public AdapterMaker number(String key, double value) {
    return add(key, HostTensor.of(Shape.of(), (float) value));
  }

  public AdapterMaker whole(String key, long value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    return add(key, HostTensor.of(DType.I64, Shape.of(), bytes.flip()));
  }

  public AdapterMaker say(String name, String value) {
    metadata.put(name, value);
    return this;
  }

  /** A LoRA in kohya's roles for a layer of this shape. */
  public AdapterMaker kohya(String layer, Site site, int rank) {
    return pair(layer + ".lora_down.weight", layer + ".lora_up.weight", site, rank);
  }

  /** A LoRA in PEFT's roles for a layer of this shape. */
  public AdapterMaker peft(String layer, Site site, int rank) {
    return pair(layer + ".lora_A.weight", layer + ".lora_B.weight", site, rank);
  }

  public AdapterMaker pair(String down, String up, Site site, int rank) {
    Shape weight = site.weight();
    long[] left = weight.sizes();
    left[0] = rank;
    long[] right = new long[left.length];
    Arrays.fill(right, 1);
    right[0] = site.out();
    right[1] = rank;
    return add(down, left).add(up, right);
  }

  /** The tensors so far. */
  public Map<String, HostTensor> tensors() {
    return tensors;
  }

  public Path write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    tensors.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(file);
    return file;
  }
}
