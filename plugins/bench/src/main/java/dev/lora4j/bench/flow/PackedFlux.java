package dev.lora4j.bench.flow;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The transformer of a {@link FluxFolder} as a GGUF file under Black Forest Labs' names, as
 * ComfyUI-GGUF publishes it; with weights from chance, as large as those of the folder: with larger
 * ones the rounding of BF16 alone changes what is predicted.
 */
final class PackedFlux {
  /** Quantised type of the weights. */
  enum Type {
    /** 8 bits and a scale for 32. */
    Q8_0(8, 32),
    /** 4 bits and a scale of 6 bits for 32, scales of those for 256. */
    Q4_K(12, 256);

    private final int number;
    private final int block;

    Type(int number, int block) {
      this.number = number;
      this.block = block;
    }
  }

  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;
  private static final int TEXT = 8;
  private static final int F32 = 0;
  private static final int HEADER = 1 << 16;
  private static final int SINES = 256;
  private static final int PATCH = 64;
  private static final int POOL = 1 << 20;

  /** Standard deviation of bytes of chance, and of four bits. */
  private static final double BYTE = 73.9;

  private static final double NIBBLE = 4.6;

  /** Scale of eight parts of a block whose stored scales are 32 and mins 32. */
  private static final int PART_SCALE = 32;

  /**
   * A tensor of a file.
   *
   * @param columns 0 for a vector
   */
  private record Entry(String name, int rows, int columns, boolean packed) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Type type;
  private final byte[] pool = new byte[POOL];

  private PackedFlux(FluxFolder sizes, Type type) {
    this.type = type;
    SplittableRandom random = new SplittableRandom(0);
    random.nextBytes(pool);
    int width = sizes.width();
    layer("img_in", width, PATCH);
    layer("txt_in", width, sizes.textWidth());
    embedder("time_in", width, SINES);
    embedder("guidance_in", width, SINES);
    embedder("vector_in", width, sizes.pooledWidth());
    for (String stream : List.of("img", "txt")) {
      String at = "double_blocks.0." + stream + "_";
      layer(at + "attn.qkv", 3 * width, width);
      layer(at + "attn.proj", width, width);
      layer(at + "mlp.0", 4 * width, width);
      layer(at + "mlp.2", width, 4 * width);
      layer(at + "mod.lin", 6 * width, width);
      norms(at + "attn.norm");
    }
    layer("single_blocks.0.linear1", 7 * width, width);
    layer("single_blocks.0.linear2", width, 5 * width);
    layer("single_blocks.0.modulation.lin", 3 * width, width);
    norms("single_blocks.0.norm");
    layer("final_layer.linear", PATCH, width);
    layer("final_layer.adaLN_modulation.1", 2 * width, width);
  }

  private void embedder(String name, int width, int in) {
    layer(name + ".in_layer", width, in);
    layer(name + ".out_layer", width, width);
  }

  private void layer(String name, int rows, int columns) {
    entries.add(new Entry(name + ".weight", rows, columns, columns % type.block == 0));
    entries.add(new Entry(name + ".bias", rows, 0, false));
  }

  private void norms(String at) {
    entries.add(new Entry(at + ".query_norm.scale", FluxFolder.HEAD, 0, false));
    entries.add(new Entry(at + ".key_norm.scale", FluxFolder.HEAD, 0, false));
  }

  /** Writes it, if it is not there. */
  static Path write(Path file, FluxFolder sizes, Type type) {
    if (Files.exists(file)) {
      return file;
    }
    PackedFlux packed = new PackedFlux(sizes, type);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), POOL)) {
      out.write(packed.header());
      for (Entry entry : packed.entries) {
        packed.data(out, entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(VERSION);
    header.putLong(entries.size()).putLong(1);
    text(header, "general.architecture").putInt(TEXT);
    text(header, "flux");
    long offset = 0;
    for (Entry entry : entries) {
      boolean vector = entry.columns == 0;
      text(header, entry.name).putInt(vector ? 1 : 2);
      if (!vector) {
        header.putLong(entry.columns);
      }
      header.putLong(entry.rows).putInt(entry.packed ? type.number : F32).putLong(offset);
      offset += aligned(bytes(entry));
    }
    byte[] all = new byte[(int) aligned(header.position())];
    header.flip().get(all, 0, header.limit());
    return all;
  }

  private static ByteBuffer text(ByteBuffer header, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return header.putLong(bytes.length).put(bytes);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private long bytes(Entry entry) {
    long numbers = (long) entry.rows * Math.max(1, entry.columns);
    return entry.packed
        ? numbers / type.block * head(entry, 0).length + numbers / (type == Type.Q8_0 ? 1 : 2)
        : numbers * Float.BYTES;
  }

  /**
   * Scales of a block of a weight: each its own, as the rounding of equal ones would add up.
   *
   * @param number of the block
   */
  private byte[] head(Entry entry, long number) {
    double own = 1 + pool[(int) (number % POOL)] / 256.0;
    double deviation = own * deviation(entry);
    if (type == Type.Q8_0) {
      return half(deviation / BYTE).array();
    }
    double scale = deviation / (PART_SCALE * NIBBLE);
    ByteBuffer head = ByteBuffer.allocate(16);
    head.put(half(scale).array()).put(half(7.5 * scale).array());
    for (int i = 0; i < 8; i++) {
      head.put((byte) 0b1010_0000); // 32 in the low six bits, 2 on top for the parts behind
    }
    return head.array();
  }

  /** Standard deviation of the numbers of a weight, that of PyTorch's layers. */
  private static double deviation(Entry entry) {
    return 1 / Math.sqrt(3.0 * entry.columns);
  }

  /** A positive number in 16 bits. */
  private static ByteBuffer half(double value) {
    int exponent = Math.getExponent(value);
    double small = Math.scalb(1.0, -14);
    long bits =
        value < small
            ? Math.round(Math.scalb(value, 24))
            : ((long) (exponent + 14) << 10) + Math.round(Math.scalb(value, 10 - exponent));
    return ByteBuffer.allocate(Short.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(0, (short) bits);
  }

  private void data(OutputStream out, Entry entry) throws IOException {
    long written = bytes(entry);
    if (entry.packed) {
      int codes = type == Type.Q8_0 ? type.block : type.block / 2;
      long blocks = (long) entry.rows * entry.columns / type.block;
      for (long i = 0; i < blocks; i++) {
        out.write(head(entry, i));
        out.write(pool, (int) (i * codes % (POOL - codes)), codes);
      }
    } else {
      out.write(numbers(entry));
    }
    out.write(new byte[(int) (aligned(written) - written)]);
  }

  /** Ones of norms, zeros of biases, chance for small weights. */
  private byte[] numbers(Entry entry) {
    ByteBuffer all = ByteBuffer.allocate((int) bytes(entry)).order(ByteOrder.LITTLE_ENDIAN);
    double deviation = entry.columns == 0 ? 0 : deviation(entry);
    double plain = entry.name.endsWith(".scale") ? 1 : 0;
    for (int i = 0; all.hasRemaining(); i++) {
      all.putFloat((float) (plain + deviation * pool[i % POOL] / BYTE));
    }
    return all.array();
  }
}
