package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Division of a large weight into blocks of rows, so that a mixer's data of one block is small and
 * stays in a core's own memory. All are of one form.
 *
 * @param like a parameter of that form: the first block; the parameter itself where there is one
 * @param rows of a block
 * @param count how many there are
 */
record RowBlocks(MixedParameter like, long rows, int count) {
  /**
   * Numbers of a block: a mixer holds a dozen such matrices at once in each thread, of which most
   * should lie in the core's own memory. On a card operators take time to start.
   */
  private static final long MOST = 1 << 17;

  private static final long MOST_ON_CARD = 1 << 19;

  /** The blocks of a parameter, in the order of their rows. */
  static RowBlocks of(MixedParameter parameter, Engine engine) {
    long all = parameter.shape().size(0);
    long rows = rows(parameter, engine.device().cuda() ? MOST_ON_CARD : MOST);
    return rows == all
        ? whole(parameter)
        : new RowBlocks(
            block(parameter, new RowSlice.Range(0, rows)), rows, Math.toIntExact(all / rows));
  }

  /** The parameter as the only block. */
  static RowBlocks whole(MixedParameter parameter) {
    return new RowBlocks(parameter, parameter.shape().size(0), 1);
  }

  /** Numbers of a block. */
  long elements() {
    return like.elements();
  }

  /** Rows of a block: a divisor of all, so that blocks are alike. */
  private static long rows(MixedParameter parameter, long most) {
    long all = parameter.shape().size(0);
    if (parameter.elements() <= most || !divides(parameter)) {
      return all;
    }
    long rest = parameter.site().rest();
    long least = all;
    for (long blocks = 2; blocks <= all; blocks++) {
      long rows = all / blocks;
      // Random numbers come in fours.
      if (all % blocks == 0 && rows * rest % 4 == 0) {
        least = rows;
        if (rows * rest <= most) {
          break;
        }
      }
    }
    return least;
  }

  /** Returns true if all factors are LoRA without a core, whose up factor has the rows. */
  private static boolean divides(MixedParameter parameter) {
    return parameter.matrix()
        && parameter.site().kind() != Site.Kind.EMBEDDING
        && parameter.parts().stream()
            .flatMap(p -> p.factors().stream())
            .allMatch(
                f ->
                    f.method().equals(LoraMethod.NAME)
                        && f.tensors().keySet().equals(Set.of(LoraMethod.DOWN, LoraMethod.UP)));
  }

  private static MixedParameter block(MixedParameter whole, RowSlice.Range range) {
    RowSlice share = new RowSlice(List.of(range), List.of());
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
    return new MixedParameter(
        fewer, whole.target(), whole.parts().stream().map(p -> part(p, share)).toList());
  }

  private static MixedParameter.Part part(MixedParameter.Part whole, RowSlice share) {
    List<Factors> all = new ArrayList<>();
    for (Factors factors : whole.factors()) {
      Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
      tensors.put(LoraMethod.UP, share.of(factors.tensor(LoraMethod.UP)));
      all.add(Factors.of(factors.method(), tensors, factors.settings()));
    }
    return new MixedParameter.Part(whole.adapter(), whole.weight(), all);
  }
}
