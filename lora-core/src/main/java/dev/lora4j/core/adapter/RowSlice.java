package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The rows that one layer of the base has of a layer that is one in an adapter's file: files may
 * hold query, key and value as one, or halves in the other order.
 *
 * @param rows its rows in the whole, in its own order
 * @param all what each layer has of the whole
 */
public record RowSlice(List<Range> rows, List<Range> all) {
  /** Rows {@code from} to {@code from + count}. */
  public record Range(long from, long count) {
    long end() {
      return from + count;
    }
  }

  /** Copies its lists. */
  public RowSlice {
    rows = List.copyOf(rows);
    all = List.copyOf(all);
  }

  /** Number of its rows. */
  public long count() {
    return rows.stream().mapToLong(Range::count).sum();
  }

  /** Returns true if every range begins and ends at a multiple of {@code size}. */
  public boolean aligned(long size) {
    return rows.stream().allMatch(r -> r.from() % size == 0 && r.count() % size == 0);
  }

  /** The same rows, counted in units of {@code size} rows. */
  public RowSlice by(long size) {
    List<Range> fewer =
        rows.stream().map(r -> new Range(r.from() / size, r.count() / size)).toList();
    return new RowSlice(fewer, all);
  }

  /** The slice's rows of a tensor that has one row for each row of the whole. */
  public HostTensor of(HostTensor tensor) {
    long size = tensor.dtype().bytes(tensor.shape().elements()) / tensor.shape().size(0);
    ByteBuffer from = tensor.bytes();
    ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(size * count()));
    for (Range range : rows) {
      into.put(from.slice((int) (range.from() * size), (int) (range.count() * size)));
    }
    return HostTensor.of(tensor.dtype(), tensor.shape().with(0, count()), into.flip());
  }
}
