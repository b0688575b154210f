package dev.lora4j.core.format.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ParameterBytesTest {
  private static final DType[] TYPES = {
    DType.F64, DType.F32, DType.F16, DType.BF16, DType.F8_E4M3, DType.F8_E5M2
  };

  /** Every way of lying in a tensor, of any shape and type: the value at each place, and back. */
  @Property(tries = 100)
  void tensorReadAndPutBackHasSameBytes(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 5) Integer> sizes,
      @ForAll @IntRange(max = 5) int type,
      @ForAll @IntRange(max = 3) int way,
      @ForAll long seed)
      throws IOException {
    long[] all = sizes.stream().mapToLong(Integer::longValue).toArray();
    if (way == 2) {
      all[0] *= 2;
    }
    boolean transposed = way == 1 && all.length == 2;
    Optional<Placement.Rows> rows =
        way == 3
            ? Optional.of(new Placement.Rows(all[0] / 2, (all[0] + 1) / 2, all[0]))
            : Optional.empty();
    Placement placement = new Placement("", "w", rows, transposed, way == 2);
    Path file = Files.createTempFile("placed", ".safetensors");
    try {
      byte[] bytes = write(file, TYPES[type], Shape.of(all), new Random(seed));
      try (Safetensors store = Safetensors.open(file)) {
        TensorInfo info = Optional.ofNullable(store.tensors().get("w")).orElseThrow();
        ParameterBytes placed = new ParameterBytes(placement, info);
        HostTensor value = placed.read(QuantisedTensors.scaled(store));
        assertEquals(placement.shape(info.shape()), value.shape());
        assertEverywhere(placement, info, bytes, value);
        byte[] whole = bytes.clone();
        long from = rows.map(Placement.Rows::from).orElse(0L);
        int begin = (int) (bytes.length / all[0] * from);
        Arrays.fill(whole, begin, begin + value.bytes().remaining(), (byte) 0);
        placed.write(value, ByteBuffer.wrap(whole));
        assertArrayEquals(bytes, whole);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] write(Path file, DType type, Shape shape, Random random) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(shape.elements()))];
    random.nextBytes(bytes);
    new SafetensorsWriter().add("w", type, shape, bytes).write(file);
    return bytes;
  }

  /** Row and rest of each element of the value, by the definition of {@link Placement}. */
  private static void assertEverywhere(
      Placement placement, TensorInfo info, byte[] stored, HostTensor value) {
    int width = info.dtype().bits() / 8;
    byte[] found = new byte[value.bytes().remaining()];
    value.bytes().get(found);
    int out = (int) value.shape().size(0);
    int rest = found.length / width / out;
    for (int r = 0; r < out; r++) {
      for (int c = 0; c < rest; c++) {
        int row = placement.swapped() ? (r + out / 2) % out : r;
        row += placement.rows().map(x -> (int) x.from()).orElse(0);
        int at = placement.transposed() ? c * out + r : row * rest + c;
        assertArrayEquals(
            Arrays.copyOfRange(stored, at * width, (at + 1) * width),
            Arrays.copyOfRange(found, (r * rest + c) * width, (r * rest + c + 1) * width));
      }
    }
  }
}
