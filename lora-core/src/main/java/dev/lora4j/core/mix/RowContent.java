package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The factors of a row's adapters as they lie in a slot: those of all adapters one below the other,
 * and zeros where there is more room.
 */
final class RowContent {
  /** Factors that lie in a slot as they are in their file. */
  private static final Set<String> PLAIN = Set.of(LoraMethod.DOWN, LoraMethod.UP);

  /** Types that {@link HostTensor#floats} reads. */
  private static final Set<DType> FLOATS = Set.of(DType.F32, DType.F16, DType.BF16);

  private final RowLayout layout;
  private final int rank;
  private final DType type;
  private final ByteBuffer numbers;
  private final float[] scales;

  /** Directions of each site that are taken. */
  private final int[] taken;

  private RowContent(RowLayout layout, int rank, DType type) {
    this.layout = layout;
    this.rank = rank;
    this.type = type;
    long bytes = type.bytes((long) rank * layout.numbers());
    numbers = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    scales = new float[layout.places().size() * rank];
    taken = new int[layout.places().size()];
  }

  /**
   * The content for a row.
   *
   * @param rank directions that there is room for at each site
   */
  static RowContent of(
      Scope work, MergedParameter patch, RowLayout layout, int rank, BatchMix row) {
    float[] weights = row.weights(List.of(0), 0, 1);
    RowContent content = new RowContent(layout, rank, type(row));
    for (MixColumn column : row.unmergedColumns()) {
      for (Map.Entry<Site, List<Part>> at : column.parts().entrySet()) {
        for (Part part : at.getValue()) {
          content.add(work, patch, at.getKey(), part, MergedParameter.amount(part, weights));
        }
      }
    }
    return content;
  }

  /** The type of all factors, if it is one, so that they are handed on as they are; else F32. */
  private static DType type(BatchMix row) {
    Set<DType> types =
        row.unmergedColumns().stream()
            .flatMap(column -> column.parts().values().stream())
            .flatMap(List::stream)
            .map(part -> stored(part.factors()))
            .collect(Collectors.toSet());
    return types.size() == 1 ? types.iterator().next() : DType.F32;
  }

  private static DType stored(Factors factors) {
    return plain(factors) ? factors.tensor(LoraMethod.DOWN).dtype() : DType.F32;
  }

  private static boolean plain(Factors factors) {
    return factors.method().equals(LoraMethod.NAME)
        && factors.tensors().keySet().equals(PLAIN)
        && FLOATS.contains(factors.tensor(LoraMethod.DOWN).dtype())
        && factors.tensor(LoraMethod.UP).dtype() == factors.tensor(LoraMethod.DOWN).dtype();
  }

  private void add(Scope work, MergedParameter patch, Site site, Part part, float amount) {
    Factors factors = part.factors();
    if (plain(factors)) {
      add(site, factors.tensor(LoraMethod.DOWN), factors.tensor(LoraMethod.UP), amount);
    } else {
      List<Tensor> made = patch.lowRank(work, site, factors);
      add(site, HostTensor.of(made.get(0)), HostTensor.of(made.get(1)), amount);
    }
  }

  private void add(Site site, HostTensor down, HostTensor up, float amount) {
    RowLayout.Place place = layout.of(site);
    int own = Math.toIntExact(down.shape().size(0));
    int first = taken[place.site()];
    int at = first * layout.numbers() + place.at();
    if (type.bytes(1) == Short.BYTES) {
      halves(at, site, own, down.bytes().asShortBuffer(), up.bytes().asShortBuffer());
    } else {
      floats(at, site, own, floats(down), floats(up));
    }
    int from = place.site() * rank + first;
    Arrays.fill(scales, from, from + own, amount);
    taken[place.site()] = first + own;
  }

  private static FloatBuffer floats(HostTensor tensor) {
    return tensor.dtype() == DType.F32
        ? tensor.bytes().asFloatBuffer()
        : FloatBuffer.wrap(tensor.floats());
  }

  /** Puts down [own, in] and up [out, own] as [own, in and out]. */
  private void halves(int at, Site site, int own, ShortBuffer down, ShortBuffer up) {
    int in = Math.toIntExact(site.in());
    int out = Math.toIntExact(site.out());
    // Arrays, as each of the numbers is moved by itself.
    short[] columns = new short[out * own];
    up.get(columns);
    short[] row = new short[in + out];
    ShortBuffer all = numbers.asShortBuffer();
    for (int k = 0; k < own; k++) {
      down.get(row, 0, in);
      for (int o = 0; o < out; o++) {
        row[in + o] = columns[o * own + k];
      }
      all.put(at + k * layout.numbers(), row);
    }
  }

  /** The same for numbers of four bytes. */
  private void floats(int at, Site site, int own, FloatBuffer down, FloatBuffer up) {
    int in = Math.toIntExact(site.in());
    int out = Math.toIntExact(site.out());
    float[] columns = new float[out * own];
    up.get(columns);
    float[] row = new float[in + out];
    FloatBuffer all = numbers.asFloatBuffer();
    for (int k = 0; k < own; k++) {
      down.get(row, 0, in);
      for (int o = 0; o < out; o++) {
        row[in + o] = columns[o * own + k];
      }
      all.put(at + k * layout.numbers(), row);
    }
  }

  /** Type of the numbers. */
  DType type() {
    return type;
  }

  /** The numbers [rank, numbers]. */
  ByteBuffer numbers() {
    return numbers;
  }

  /** Scale of each direction, [sites, rank]; 0 where there is none. */
  float[] scales() {
    return scales;
  }
}
