package dev.lora4j.core.adapter.dylora;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first directions of an adapter that DyLoRA trained, as an adapter. */
public final class RankCut {
  /** Alpha of the factors of a layer that are cut. */
  public interface CutAlpha {
    /**
     * Alpha for the used directions.
     *
     * @param alpha of all directions
     * @param rank how many there are
     * @param used how many are used
     */
    double of(double alpha, long rank, long used);
  }

  private RankCut() {}

  /** The greatest rank of a LoRA's layers; 0 if it has none. */
  public static long rank(Adapter adapter) {
    return adapter.sites().values().stream()
        .flatMap(List::stream)
        .filter(RankCut::pair)
        .mapToLong(RankCut::directions)
        .max()
        .orElse(0);
  }

  /**
   * The first {@code rank} directions; at layers of lower rank the same share, at least one. What
   * is no LoRA stays as it is.
   *
   * @throws AdapterException if there are not as many, or a LoRA has a Tucker core
   */
  public static Adapter of(Adapter adapter, long rank, CutAlpha alpha) {
    long most = rank(adapter);
    if (rank < 1 || rank > most) {
      throw new AdapterException(
          adapter.name()
              + (most == 0 ? " has no LoRA, so no rank" : " has the ranks 1 to " + most)
              + "; rank "
              + rank
              + " was asked for.");
    }
    Map<String, List<Factors>> cut = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach(
            (site, all) ->
                cut.put(
                    site,
                    all.stream().map(f -> pair(f) ? of(site, f, rank, most, alpha) : f).toList()));
    return new Adapter(adapter.name(), cut, adapter.metadata());
  }

  private static Factors of(String site, Factors factors, long rank, long most, CutAlpha rule) {
    if (factors.tensors().containsKey(LoraMethod.MID)) {
      throw new AdapterException(
          site + " has a Tucker core, whose directions have no order; resize finds a lower rank.");
    }
    HostTensor down = factors.tensor(LoraMethod.DOWN);
    HostTensor up = factors.tensor(LoraMethod.UP);
    long own = directions(factors);
    long used = -Math.floorDiv(-rank * own, most);
    double alpha = factors.structure().number(AdapterMethod.ALPHA);
    Map<String, HostTensor> tensors = new LinkedHashMap<>(factors.tensors());
    tensors.put(
        LoraMethod.DOWN, new RowSlice(List.of(new RowSlice.Range(0, used)), List.of()).of(down));
    tensors.put(LoraMethod.UP, Matrices.columns(up, 0, used));
    Map<String, String> settings = new LinkedHashMap<>(factors.settings());
    settings.put(AdapterMethod.ALPHA, Double.toString((float) rule.of(alpha, own, used)));
    return Factors.of(LoraMethod.NAME, tensors, settings);
  }

  private static boolean pair(Factors factors) {
    return factors.method().equals(LoraMethod.NAME);
  }

  private static long directions(Factors factors) {
    return factors.tensor(LoraMethod.DOWN).shape().size(0);
  }
}
