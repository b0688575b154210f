package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A LoRA for one of the layers that are one in a file.
 *
 * <p>Where the file's factors were put together of one pair for each layer, so that all but the
 * blocks on the diagonal of the up factor is 0, each layer gets its pair back with its share of
 * alpha; else all share the down factor.
 */
final class LoraRowSlice {
  private LoraRowSlice() {}

  static Factors of(Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    SortedMap<String, String> settings = new TreeMap<>(factors.settings());
    HostTensor up = factors.tensor(LoraMethod.UP);
    HostTensor mine = share.of(up);
    int parts = share.all().size();
    int index = share.rows().size() == 1 ? share.all().indexOf(share.rows().get(0)) : -1;
    if (parts > 1 && index >= 0 && pairs(factors, share.all())) {
      long rank = up.shape().size(1) / parts;
      RowSlice down = new RowSlice(List.of(new RowSlice.Range(index * rank, rank)), List.of());
      tensors.put(LoraMethod.UP, Matrices.columns(mine, index * rank, rank));
      tensors.put(LoraMethod.DOWN, down.of(factors.tensor(LoraMethod.DOWN)));
      double alpha = factors.structure().number(AdapterMethod.ALPHA) / parts;
      settings.put(AdapterMethod.ALPHA, Double.toString((float) alpha));
    } else {
      tensors.put(LoraMethod.UP, mine);
    }
    return new Factors(LoraMethod.NAME, tensors, settings);
  }

  /** Returns true if each of {@code parts} uses only its own directions. */
  static boolean pairs(Factors factors, List<RowSlice.Range> parts) {
    HostTensor up = factors.tensor(LoraMethod.UP);
    long rank = up.shape().size(1);
    if (parts.size() < 2 || rank % parts.size() != 0 || hasCore(factors.tensors())) {
      return false;
    }
    long each = rank / parts.size();
    for (int part = 0; part < parts.size(); part++) {
      RowSlice.Range rows = parts.get(part);
      long before = part * each;
      if (!Matrices.zero(up, rows, 0, before)
          || !Matrices.zero(up, rows, before + each, rank - before - each)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasCore(Map<String, HostTensor> tensors) {
    return tensors.containsKey(LoraMethod.MID);
  }
}
