package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.gguf.block.BlockNumbers;
import dev.lora4j.core.gguf.block.BlockType;
import dev.lora4j.core.gguf.block.PlainNumbers;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.safetensors.QuotedText;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The weights of a model in a GGUF file, under the model's names and in its arrangement. All but
 * those of F32, F16 and BF16 that lie as they are count as encoded, with numbers of F32.
 */
public final class GgufWeights implements StoredTensors {
  /** Numbers that one thread decodes before it takes the next. */
  private static final long SHARE = 1 << 16;

  /** Changes when the numbers of any type or arrangement do. */
  private static final String VERSION = " gguf-1 ";

  private final GgufFile file;
  private final Map<String, GgufWeight> weights = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  /**
   * Creates the weights of a file.
   *
   * @param weights where each of them lies; tensors that none names are left out
   * @throws GgufException if one is of a type that is not read here, or its rows are no pairs
   */
  public GgufWeights(GgufFile file, List<GgufWeight> weights) {
    this.file = file;
    for (GgufWeight weight : weights) {
      GgufTensor tensor = file.tensor(weight.tensor());
      requireHeads(weight, tensor);
      requireShape(weight, tensor);
      this.weights.put(weight.name(), weight);
      DType type = plain(weight, tensor) ? DType.valueOf(tensor.type().name()) : DType.F32;
      block(tensor);
      tensors.put(
          weight.name(),
          new TensorInfo(
              weight.name(),
              type,
              weight.shape().orElse(tensor.shape()),
              tensor.begin(),
              tensor.begin() + tensor.length()));
    }
  }

  private void requireHeads(GgufWeight weight, GgufTensor tensor) {
    int heads = weight.pairedHeads();
    boolean pairs = tensor.shape().rank() > 0 && heads > 0 && rows(tensor) % (2L * heads) == 0;
    boolean whole = tensor.shape().rank() > 1 || tensor.type().elements() == 1;
    if (heads != 0 && !(pairs && whole)) {
      throw new GgufException(
          Kind.WRONG_VALUE,
          "%s: tensor %s is %s, whose rows are no pairs of %s heads. The file is damaged."
              .formatted(file.path(), QuotedText.of(tensor.name()), tensor.shape(), heads));
    }
  }

  private void requireShape(GgufWeight weight, GgufTensor tensor) {
    weight
        .shape()
        .filter(own -> own.elements() != tensor.elements())
        .ifPresent(
            own -> {
              throw new GgufException(
                  Kind.WRONG_VALUE,
                  "%s: tensor %s is %s, which is said to be %s. The file is damaged."
                      .formatted(file.path(), QuotedText.of(tensor.name()), tensor.shape(), own));
            });
  }

  private static long rows(GgufTensor tensor) {
    return tensor.shape().size(0);
  }

  private BlockType block(GgufTensor tensor) {
    return tensor
        .type()
        .block()
        .orElseThrow(
            () ->
                new GgufException(
                    Kind.UNREADABLE_TYPE,
                    "%s: tensor %s is of type %s, which is not read here. Take a file of"
                            .formatted(file.path(), QuotedText.of(tensor.name()), tensor.type())
                        + " another quantisation, such as Q4_K_M or Q8_0."));
  }

  private static boolean plain(GgufWeight weight, GgufTensor tensor) {
    return tensor.type().block().filter(b -> b instanceof PlainNumbers).isPresent()
        && weight.pairedHeads() == 0
        && weight.added() == 0;
  }

  private GgufWeight weight(String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Path fileOf(String name) {
    return file.path();
  }

  @Override
  public long absoluteOffset(String name) {
    return file.dataStart() + file.tensor(weight(name).tensor()).begin();
  }

  @Override
  public void read(String name, long offset, ByteBuffer into) {
    byte[] bytes = new byte[into.remaining()];
    file.read(file.tensor(weight(name).tensor()), offset, bytes, 0, bytes.length);
    into.put(bytes);
  }

  @Override
  public Optional<StoredForm> quantised(String name) {
    GgufWeight weight = weight(name);
    GgufTensor tensor = file.tensor(weight.tensor());
    if (!BlockNumbers.stages(block(tensor)) || tensor.shape().rank() < 2) {
      return Optional.empty();
    }
    GgufForm form = new GgufForm(tensor.type(), weight.pairedHeads(), weight.added());
    WeightForm.Part part = form.parts(weight.shape().orElse(tensor.shape())).get(0);
    TensorInfo info =
        new TensorInfo(
            name, part.dtype(), part.shape(), tensor.begin(), tensor.begin() + tensor.length());
    return Optional.of(new StoredForm(form, Map.of(part.name(), info), Map.of()));
  }

  /** Language models write texts token by token, which numbers are faster for. */
  @Override
  public boolean keepsForms() {
    return false;
  }

  @Override
  public boolean encoded(String name) {
    GgufWeight weight = weight(name);
    return !plain(weight, file.tensor(weight.tensor()));
  }

  @Override
  public long row(String name) {
    return row(file.tensor(weight(name).tensor()));
  }

  /** Of a vector, a row is a block. */
  private static long row(GgufTensor tensor) {
    int rank = tensor.shape().rank();
    return rank > 1 ? tensor.shape().size(rank - 1) : tensor.type().elements();
  }

  @Override
  public void decode(String name, long from, float[] values) {
    GgufWeight weight = weight(name);
    GgufTensor tensor = file.tensor(weight.tensor());
    long row = row(tensor);
    if (values.length == 0) {
      return;
    }
    if (from % row != 0 || values.length % row != 0 || from + values.length > tensor.elements()) {
      throw new GgufException(
          Kind.OUT_OF_RANGE,
          "%s: numbers %s to %s of tensor %s are no whole rows of %s among its %s."
              .formatted(
                  file.path(),
                  from,
                  from + values.length,
                  QuotedText.of(tensor.name()),
                  row,
                  tensor.elements()));
    }
    int rows = (int) (values.length / row);
    int share = (int) Math.max(1, SHARE / row);
    IntStream.range(0, (rows + share - 1) / share)
        .parallel()
        .forEach(
            part -> {
              int first = part * share;
              int count = Math.min(share, rows - first);
              rows(weight, tensor, from / row + first, count, values, (int) (first * row));
            });
  }

  /** Decodes rows of a weight, those that lie one after the other at once. */
  private void rows(
      GgufWeight weight, GgufTensor tensor, long first, int count, float[] values, int at) {
    BlockType type = block(tensor);
    int row = Math.toIntExact(row(tensor));
    int bytes = row / type.elements() * type.bytes();
    int together = weight.pairedHeads() == 0 ? count : 1;
    byte[] packed = new byte[together * bytes];
    for (int done = 0; done < count; done += together) {
      long place = weight.place(first + done, weight.pairedHeads() == 0 ? 0 : rows(tensor));
      file.read(tensor, place * bytes, packed, 0, packed.length);
      type.dequantize(packed, 0, packed.length / type.bytes(), values, at + done * row);
    }
    if (weight.added() != 0) {
      for (int i = 0; i < count * row; i++) {
        values[at + i] -= weight.added();
      }
    }
  }

  @Override
  public String form() {
    MessageDigest digest = Digests.sha256();
    weights
        .values()
        .forEach(w -> digest.update((w.canonical() + '\n').getBytes(StandardCharsets.UTF_8)));
    return VERSION + Digests.hex(digest);
  }
}
