package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.MeasuredDeltas;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.request.StepListener;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adapters that mixers made of several for the pictures of one base. Each is made once and cached
 * while Java's heap has room; it holds no native memory.
 */
final class MixedAdapters {
  private final Scope scope;
  private final Map<String, Site> sites;
  private final AdapterDeltas changes;
  private final Map<List<Object>, SoftReference<Adapter>> made = new HashMap<>();

  /**
   * For a base.
   *
   * @param scope in which is mixed, and nothing stays but programs
   */
  MixedAdapters(Scope scope, SiteCatalogue sites) {
    this.scope = scope;
    this.sites = sites.all().stream().collect(Collectors.toMap(Site::name, Function.identity()));
    this.changes = new MeasuredDeltas(scope, this.sites);
  }

  /** Changes of the adapters, for mixers that survey them. */
  AdapterDeltas changes() {
    return changes;
  }

  /**
   * Mixes a plan into one adapter, truncated by the mixer alone, so that it is the adapter that
   * would be saved. The seed of random mixers is 0, whatever the picture's.
   *
   * @param listener receives the progress, unless the adapter is cached
   * @throws dev.lora4j.core.adapter.AdapterException if no one adapter can do what the plan does,
   *     or the mixer refuses it
   */
  synchronized Adapter of(String name, DeltaMixer mixer, MixPlan asked, StepListener listener) {
    List<Object> key = key(mixer, asked);
    SoftReference<Adapter> known = made.get(key);
    Adapter adapter = known == null ? null : known.get();
    if (adapter == null) {
      made.values().removeIf(r -> r.get() == null);
      adapter =
          new DeltaMixing(scope, sites)
              .surveyed(listener::surveyed)
              .listener(listener::mixed)
              .mix(name, mixer, asked)
              .adapter();
      made.put(key, new SoftReference<>(adapter));
    }
    return adapter;
  }

  /** Key of a mix: all that decides the result, without keeping the adapters in memory. */
  private static List<Object> key(DeltaMixer mixer, MixPlan asked) {
    List<Object> key = new ArrayList<>(List.of(mixer));
    for (MixPlan.Part part : asked.parts()) {
      key.add(part.adapter().name());
      key.add(part.adapter().identity());
      key.add(part.weight());
      key.add(part.textWeight());
      key.add(part.shares().bySite());
      key.add(part.area());
    }
    return key;
  }
}
