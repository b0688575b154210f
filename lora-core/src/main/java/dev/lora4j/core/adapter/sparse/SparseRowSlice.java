package dev.lora4j.core.adapter.sparse;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Single elements for one of the layers that are one in a file. */
final class SparseRowSlice {
  private record Element(long row, long column, double value) {}

  private SparseRowSlice() {}

  /** Elements in the layer's rows; values in F32. */
  static Factors of(Site whole, Factors factors, RowSlice share) {
    double[] where = factors.tensor(SparseMethod.INDICES).doubles();
    double[] values = factors.tensor(SparseMethod.VALUES).doubles();
    List<Element> mine = new ArrayList<>();
    long before = 0;
    for (RowSlice.Range range : share.rows()) {
      for (int i = 0; i < values.length; i++) {
        long row = (long) where[i] - range.from();
        if (row >= 0 && row < range.count()) {
          mine.add(new Element(before + row, (long) where[values.length + i], values[i]));
        }
      }
      before += range.count();
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.put(SparseMethod.INDICES, indices(mine));
    float[] kept = new float[mine.size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = (float) mine.get(i).value();
    }
    tensors.put(SparseMethod.VALUES, HostTensor.of(Shape.of(kept.length), kept));
    tensors.computeIfPresent(
        SparseMethod.SIZE,
        (role, t) -> IntegerTensors.of(Shape.of(2), share.count(), whole.rest()));
    return new Factors(SparseMethod.NAME, tensors, factors.settings());
  }

  private static HostTensor indices(List<Element> elements) {
    long[] numbers = new long[2 * elements.size()];
    for (int i = 0; i < elements.size(); i++) {
      numbers[i] = elements.get(i).row();
      numbers[elements.size() + i] = elements.get(i).column();
    }
    return IntegerTensors.of(Shape.of(2, elements.size()), numbers);
  }
}
