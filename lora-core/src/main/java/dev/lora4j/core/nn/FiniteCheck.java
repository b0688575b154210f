package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Check for finite outputs at each site of a network: wraps other adapters in a walk over the
 * network, and changes no value.
 *
 * <p>A network computes its sites in the order in which it asks for them, so the first one with an
 * output that is not finite is where the trouble begins.
 */
public final class FiniteCheck implements LayerAdapters {
  private final LayerAdapters adapters;
  private final List<Site> sites = new ArrayList<>();
  private final List<Expr> finite = new ArrayList<>();

  /** Stands around {@code adapters}. */
  public FiniteCheck(LayerAdapters adapters) {
    this.adapters = adapters;
  }

  @Override
  public Expr around(SiteLayer layer, Expr x) {
    Expr out = adapters.around(layer, x);
    sites.add(layer.site());
    finite.add(out.detach().isFinite().all().to(DType.F32).reshape(1));
    return out;
  }

  /** 1 for each site whose output is finite, else 0: F32 [sites], in the order of the walk. */
  public Expr flags() {
    return ShapeOps.cat(finite, 0);
  }

  /** The first site with an output that is not finite, by the values of {@link #flags}. */
  public Optional<Site> first(float[] flags) {
    if (flags.length != sites.size()) {
      throw new IllegalArgumentException(
          flags.length + " flags for a walk over " + sites.size() + " sites");
    }
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] == 0) {
        return Optional.of(sites.get(i));
      }
    }
    return Optional.empty();
  }
}
