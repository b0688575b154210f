package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteMix;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes a base model with adapters in its weights. Any method takes part, in the order of the
 * plan. Sums are formed in F32 and rounded once to the type of the base's tensor; numbers of a
 * quantised weight are rounded to codes again. One tensor is in memory at a time.
 *
 * <p>Headers, metadata, shards and all tensors that nothing changes are the base's byte for byte.
 * The files are written next to the output, read again and compared with the base and the adapters
 * ({@link BakedParameter#probe}), and only then moved into its place.
 */
public final class Bake {
  private final Scope scope;
  private final BaseCheckpoint base;
  private final Map<String, SiteMix> mixes = new LinkedHashMap<>();
  private final BakeRounding rounding;
  private final Map<Place, Result> rounded = new LinkedHashMap<>();
  private SiteListener listener = SiteListener.NONE;
  private Optional<DType> to = Optional.empty();

  private record Place(String site, LayerParameter target) {}

  private record Result(String stored, BakeRounding.Norms norms) {}

  /**
   * Plans it.
   *
   * @param scope owner of its programs
   * @param plan adapters with their weights; steps are of no account
   * @throws dev.lora4j.core.adapter.AdapterException if the base lacks a layer or bias that an
   *     adapter changes, or the adapters cannot follow each other
   */
  public Bake(Scope scope, BaseCheckpoint base, MixPlan plan) {
    this.scope = scope;
    this.base = base;
    this.rounding = new BakeRounding(scope);
    MergedParameter patch = new MergedParameter(scope);
    TreeSet<String> names = new TreeSet<>();
    plan.adapters().stream().map(Adapter::sites).forEach(sites -> names.addAll(sites.keySet()));
    for (String name : names) {
      Site site =
          base.base()
              .sites()
              .find(name)
              .orElseThrow(
                  () ->
                      new BakeException(
                          base.path()
                              + " has no layer "
                              + name
                              + ", which "
                              + plan
                              + " would change; the adapter is for another base."));
      mixes.put(name, SiteMix.of(patch, site, plan));
    }
  }

  /** Sets the listener for progress, in tensors: written, then compared. */
  public Bake listener(SiteListener other) {
    listener = other;
    return this;
  }

  /**
   * Writes all weights as numbers of one type instead of as the base has them.
   *
   * @param type F32, F16 or BF16
   */
  public Bake to(DType type) {
    to = Optional.of(type);
    return this;
  }

  /**
   * Checks that a baked model can be written, before anything is computed.
   *
   * @throws BakeException if it cannot
   */
  public static void requireOutput(BaseCheckpoint base, Path output) {
    BakedFiles.of(base, output, Optional.empty(), TensorChanges.NONE).close();
  }

  /**
   * Checks that a baked model can be written {@link #to} a type, before anything is computed.
   *
   * @throws BakeException if it cannot
   */
  public static void requireOutput(BaseCheckpoint base, Path output, DType to) {
    BakedFiles.of(base, output, Optional.of(to), TensorChanges.NONE).close();
  }

  private TensorChanges changes() {
    return new TensorChanges() {
      @Override
      public boolean any(String part, String tensor) {
        return base.at(part, tensor).stream().anyMatch(Bake.this::changes);
      }

      @Override
      public Map<String, ByteBuffer> bytes(String part, String tensor) {
        Map<String, ByteBuffer> made = baked(part, tensor);
        listener.done(rounded.size(), steps());
        return made;
      }
    };
  }

  /**
   * Writes the baked model.
   *
   * @param output a file if the base is one, else a folder that does not exist yet or is empty
   * @throws BakeException if it cannot be written, or a written weight is not what it should be
   * @throws dev.lora4j.core.adapter.AdapterException if a weight is no longer finite
   */
  public BakeReport into(Path output) {
    rounded.clear();
    int all = steps();
    try (BakedFiles files = BakedFiles.of(base, output, to, changes())) {
      files.write();
      List<BakedParameter> changed = compare(files.written(), all);
      long copied = tensors() - files.changed() - files.converted();
      BakeReport report =
          new BakeReport(output, changed, copied, files.converted(), files.leftOut());
      files.commit();
      return report;
    }
  }

  /** Tensors of the base's files; of those that are converted, without scales and tables. */
  private long tensors() {
    return base.parts().entrySet().stream()
        .mapToLong(
            part ->
                to.isPresent()
                    ? base.numbers(part.getKey()).tensors().size()
                    : part.getValue().tensors().size())
        .sum();
  }

  /** Number of steps that the listener receives: each changed parameter is written and compared. */
  public int steps() {
    return 2
        * (int)
            base.parts().entrySet().stream()
                .flatMap(
                    part ->
                        part.getValue().tensors().keySet().stream()
                            .flatMap(t -> base.at(part.getKey(), t).stream()))
                .filter(this::changes)
                .count();
  }

  private boolean changes(BaseCheckpoint.Placed placed) {
    SiteMix mix = mixes.get(placed.site());
    return mix != null && mix.changes(target(placed));
  }

  private SiteMix mix(String site) {
    return Objects.requireNonNull(mixes.get(site));
  }

  private static LayerParameter target(BaseCheckpoint.Placed placed) {
    return placed.bias() ? LayerParameter.BIAS : LayerParameter.WEIGHT;
  }

  /** The new bytes of the tensors that hold the numbers of one. */
  private Map<String, ByteBuffer> baked(String part, String tensor) {
    BakedNumbers numbers = new BakedNumbers(base, part, tensor, to);
    Map<BaseCheckpoint.Placed, BakeRounding.Norms> norms = new LinkedHashMap<>();
    for (BaseCheckpoint.Placed placed : base.at(part, tensor)) {
      if (changes(placed)) {
        norms.put(placed, put(numbers, placed));
      }
    }
    Map<String, ByteBuffer> stored = numbers.stored();
    norms.forEach(
        (placed, one) -> {
          double codes = numbers.rounding(placed.placement());
          rounded.put(
              new Place(placed.site(), target(placed)),
              new Result(
                  numbers.storedType(),
                  new BakeRounding.Norms(one.change(), Math.hypot(one.rounding(), codes))));
        });
    return stored;
  }

  /** Puts a sum in the place of a parameter. */
  private BakeRounding.Norms put(BakedNumbers numbers, BaseCheckpoint.Placed placed) {
    SiteMix mix = mix(placed.site());
    LayerParameter target = target(placed);
    try (Scope work = scope.child("bake")) {
      HostTensor found = base.read(placed.placement());
      Tensor before = shaped(found, mix, target).on(work);
      Tensor sum = mix.sum(work, target, before);
      BakeRounding.Rounded value = rounding.of(work, before, sum, numbers.type());
      if (!Double.isFinite(value.change()) || !value.value().finite()) {
        throw new BakeException(
            "The "
                + target.parameter()
                + " of "
                + placed.site()
                + " is not finite in "
                + value.value().dtype()
                + " with these adapters; are their weights too large? Nothing was written.");
      }
      numbers.put(placed.placement(), value.value().reshape(found.shape()));
      return value.norms();
    }
  }

  /** A parameter in its site's shape; layouts differ in dimensions of size 1. */
  private static Tensor read(
      Scope work, BaseCheckpoint from, Placement placement, SiteMix mix, LayerParameter target) {
    return shaped(from.read(placement), mix, target).on(work);
  }

  private static HostTensor shaped(HostTensor found, SiteMix mix, LayerParameter target) {
    return target == LayerParameter.WEIGHT ? found.reshape(mix.site().weight()) : found;
  }

  private List<BakedParameter> compare(Path written, int all) {
    List<BakedParameter> changed = new ArrayList<>();
    BakeVerification probes = new BakeVerification(scope);
    try (BaseCheckpoint made = BaseCheckpoint.open(written)) {
      rounded.forEach(
          (place, value) -> {
            SiteMix mix = mix(place.site());
            Placement placement =
                (place.target() == LayerParameter.WEIGHT
                        ? base.weight(place.site())
                        : base.bias(place.site()))
                    .orElseThrow();
            try (Scope work = scope.child("probe")) {
              Tensor before = read(work, base, placement, mix, place.target());
              double error =
                  probes.check(
                      work,
                      mix,
                      place.target(),
                      before,
                      made.read(placement),
                      value.norms().rounding());
              changed.add(
                  new BakedParameter(
                      place.site(),
                      place.target(),
                      value.stored(),
                      value.norms().change(),
                      value.norms().rounding(),
                      error));
            }
            listener.done(rounded.size() + changed.size(), all);
          });
    }
    return changed;
  }
}
