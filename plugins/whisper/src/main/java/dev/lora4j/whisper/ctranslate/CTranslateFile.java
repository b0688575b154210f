package dev.lora4j.whisper.ctranslate;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file {@code model.bin} of CTranslate2: a version, the name and revision of a specification,
 * variables one after the other, and other names of some. It is mapped, and read on demand.
 */
final class CTranslateFile {
  private static final int VERSION = 6;
  private static final int MOST_DIMENSIONS = 8;
  private static final int LONGEST_NAME = 1024;

  private final Path file;
  private final ByteBuffer bytes;
  private final Map<String, CTranslateTensor> tensors = new LinkedHashMap<>();
  private final Set<String> used = new TreeSet<>();

  private CTranslateFile(Path file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file of less than 2 GiB.
   *
   * @param specification that it should be of
   * @param revision of the specification
   * @throws ModelException if it cannot be read, is of another specification, or damaged
   */
  static CTranslateFile open(Path file, String specification, int revision) {
    try {
      if (RegularFile.require(file) > Integer.MAX_VALUE) {
        throw new ModelException(file + " has 2 GiB or more, which cannot be read.");
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        CTranslateFile opened = new CTranslateFile(file, mapped);
        opened.read(specification, revision);
        return opened;
      }
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + RegularFile.trouble(e) + ".", e);
    }
  }

  private void read(String specification, int revision) {
    try {
      int version = bytes.getInt();
      if (version != VERSION) {
        throw new ModelException(
            file
                + " is no model of CTranslate2 in version "
                + VERSION
                + ", which versions 3 and 4 of it write: it begins with "
                + Integer.toUnsignedString(version)
                + ".");
      }
      String found = text();
      int number = bytes.getInt();
      if (!found.equals(specification) || number != revision) {
        throw new ModelException(
            "%s is a %s of revision %d; expected a %s of revision %d."
                .formatted(file, found, number, specification, revision));
      }
      int count = bytes.getInt();
      for (int i = 0; i < count; i++) {
        CTranslateTensor tensor = tensor();
        if (tensors.put(tensor.name(), tensor) != null) {
          throw damaged("it has two variables called " + tensor.name());
        }
      }
      aliases();
    } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
      throw damaged("it ends in the middle of a variable");
    }
  }

  private CTranslateTensor tensor() {
    String name = text();
    int rank = bytes.get() & 0xff;
    if (rank > MOST_DIMENSIONS) {
      throw damaged(name + " has " + rank + " dimensions");
    }
    long[] sizes = new long[rank];
    long elements = 1;
    for (int d = 0; d < rank; d++) {
      sizes[d] = Integer.toUnsignedLong(bytes.getInt());
      if (sizes[d] > 0 && elements > Integer.MAX_VALUE / sizes[d]) {
        throw damaged(name + " has more elements than the file has bytes");
      }
      elements *= sizes[d];
    }
    int number = bytes.get() & 0xff;
    CTranslateType type =
        CTranslateType.of(number)
            .orElseThrow(
                () ->
                    new ModelException(
                        file + ": " + name + " is of type " + number + ", which is not known."));
    long size = Integer.toUnsignedLong(bytes.getInt());
    if (size != elements * type.width()) {
      throw damaged("%s has %d bytes for %d elements of %s".formatted(name, size, elements, type));
    }
    CTranslateTensor tensor = new CTranslateTensor(name, Shape.of(sizes), type, bytes.position());
    bytes.position(Math.addExact(bytes.position(), tensor.bytes()));
    return tensor;
  }

  private void aliases() {
    int count = bytes.getInt();
    for (int i = 0; i < count; i++) {
      String alias = text();
      String name = text();
      tensors.put(alias, info(name));
      used.add(alias);
    }
    if (bytes.hasRemaining()) {
      throw damaged(bytes.remaining() + " bytes follow its end");
    }
  }

  /** A text with its length, which counts the zero at its end. */
  private String text() {
    int length = bytes.getShort() & 0xffff;
    if (length < 1 || length > LONGEST_NAME) {
      throw damaged("a name has " + length + " bytes");
    }
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, 0, length - 1, StandardCharsets.UTF_8);
  }

  private ModelException damaged(String why) {
    return new ModelException(file + " is damaged: " + why + ".");
  }

  /** Path of the file. */
  Path path() {
    return file;
  }

  /** Returns true if there is a variable of this name. */
  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Place and type of a variable.
   *
   * @throws ModelException if there is none of this name
   */
  CTranslateTensor info(String name) {
    return Optional.ofNullable(tensors.get(name))
        .orElseThrow(() -> new ModelException(file + " lacks the variable " + name + "."));
  }

  /** A single whole number; {@code otherwise} if there is none. */
  int number(String name, int otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    CTranslateTensor tensor = info(name);
    used.add(name);
    if (tensor.shape().elements() != 1 || !tensor.type().quantised()) {
      throw damaged(name + " is no whole number");
    }
    return switch (tensor.type().width()) {
      case 1 -> bytes.get(tensor.begin());
      case 2 -> bytes.getShort(tensor.begin());
      default -> bytes.getInt(tensor.begin());
    };
  }

  /**
   * Rows of a variable, or numbers of one with one dimension. Whole numbers with a {@code _scale}
   * beside them are divided by it, one of each row or one for all, and become F32.
   *
   * @param first row
   * @param count of rows
   */
  HostTensor rows(String name, int first, int count) {
    CTranslateTensor tensor = info(name);
    used.add(name);
    long row = tensor.shape().elements() / tensor.shape().size(0);
    int begin = Math.toIntExact(tensor.begin() + first * row * tensor.type().width());
    Shape shape = tensor.shape().with(0, count);
    ByteBuffer part = bytes.slice(begin, Math.toIntExact(count * row * tensor.type().width()));
    HostTensor stored =
        HostTensor.of(tensor.type().type(), shape, part.order(ByteOrder.LITTLE_ENDIAN));
    return tensor.type().quantised() ? scaled(tensor, stored, first, row) : stored;
  }

  private HostTensor scaled(CTranslateTensor tensor, HostTensor stored, int first, long row) {
    String name = tensor.name() + "_scale";
    if (tensor.type() == CTranslateType.I32 || !has(name)) {
      throw new ModelException(
          "%s: %s is of type %s without %s, which is not read; convert the model with"
                  .formatted(file, tensor.name(), tensor.type(), name)
              + " --quantization float16.");
    }
    CTranslateTensor scale = info(name);
    used.add(name);
    long rows = tensor.shape().size(0);
    if (scale.type().quantised()
        || (scale.shape().elements() != 1 && scale.shape().elements() != rows)) {
      throw damaged(name + " has no scale for each of " + rows + " rows");
    }
    ByteBuffer all = bytes.slice(scale.begin(), scale.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    Shape flat = Shape.of(scale.shape().elements());
    float[] scales = HostTensor.of(scale.type().type(), flat, all).floats();
    double[] numbers = stored.doubles();
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (numbers[i] / scales[scales.length == 1 ? 0 : (int) (first + i / row)]);
    }
    return HostTensor.of(DType.F32, stored.shape(), values);
  }

  /** Refuses variables that nobody asked for. */
  void requireUsed() {
    Set<String> left = new TreeSet<>(tensors.keySet());
    left.removeAll(used);
    if (!left.isEmpty()) {
      throw new ModelException(
          file + " has variables that are not known: " + String.join(", ", left) + ".");
    }
  }

  /** Passes a variable over that has no effect on what is computed. */
  void ignore(String name) {
    used.add(name);
  }
}
