package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowShare;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A large weight as several of fewer rows, so that what a mixer holds of it at once is small. All
 * are of one form, and each row of a product of factors is the same in its block as in the whole.
 */
final class RowBlocks {
  /** Numbers of a block: a mixer holds a dozen such matrices at once. */
  private static final long MOST = 1 << 19;

  private RowBlocks() {}

  /** The blocks in the order of their rows; the parameter itself where there are none. */
  static List<Parameter> of(Parameter parameter) {
    long rows = rows(parameter);
    if (rows == parameter.shape().size(0)) {
      return List.of(parameter);
    }
    List<Parameter> blocks = new ArrayList<>();
    for (long at = 0; at < parameter.site().out(); at += rows) {
      blocks.add(block(parameter, new RowShare.Range(at, rows)));
    }
    return blocks;
  }

  /** Rows of a block: a divisor of all, so that blocks are alike. */
  private static long rows(Parameter parameter) {
    long all = parameter.shape().size(0);
    if (parameter.elements() <= MOST || !divides(parameter)) {
      return all;
    }
    long rest = parameter.site().rest();
    for (long blocks = 2; blocks <= all; blocks++) {
      long rows = all / blocks;
      // Random numbers come in fours.
      if (all % blocks == 0 && rows * rest <= MOST && rows * rest % 4 == 0) {
        return rows;
      }
    }
    return all;
  }

  /** Whether all is LoRA without a core, whose up factor has the rows. */
  private static boolean divides(Parameter parameter) {
    return parameter.matrix()
        && parameter.site().kind() != Site.Kind.EMBEDDING
        && parameter.parts().stream()
            .flatMap(p -> p.factors().stream())
            .allMatch(
                f ->
                    f.method().equals(LoraMethod.NAME)
                        && f.tensors().keySet().equals(Set.of(LoraMethod.DOWN, LoraMethod.UP)));
  }

  private static Parameter block(Parameter whole, RowShare.Range range) {
    RowShare share = new RowShare(List.of(range), List.of());
    Site site = whole.site();
    Site fewer =
        new Site(
            site.name(),
            site.kind(),
            site.weight().with(0, range.count()),
            false,
            site.stride(),
            site.padding(),
            site.dilation(),
            1);
    return new Parameter(
        fewer, whole.target(), whole.parts().stream().map(p -> part(p, share)).toList());
  }

  private static Parameter.Part part(Parameter.Part whole, RowShare share) {
    List<Factors> all = new ArrayList<>();
    for (Factors factors : whole.factors()) {
      Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
      tensors.put(LoraMethod.UP, share.of(factors.tensor(LoraMethod.UP)));
      all.add(Factors.of(factors.method(), tensors, factors.settings()));
    }
    return new Parameter.Part(whole.adapter(), whole.weight(), all);
  }
}
