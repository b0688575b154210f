package dev.lora4j.server.lorax;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.server.library.AdapterLease;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.text.TextService;
import dev.lora4j.spi.Extensions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adapters of one language model that were made of several on request, as the command {@code merge}
 * makes them. What is made is kept for later requests of the same contents, weights and mixer.
 */
final class MergedAdapters {
  /** What is kept of one model, beside what requests at work hold. */
  private static final long KEPT_BYTES = 256L << 20;

  /**
   * What makes a merged adapter what it is.
   *
   * @param contents identities of the adapters; names may come to mean others
   */
  private record Recipe(List<String> contents, List<Double> weights, String mixer) {}

  private final TextService service;
  private final KeptValues<Recipe, Adapter> kept =
      new KeptValues<>(KEPT_BYTES, MergedAdapters::bytes);

  MergedAdapters(TextService service) {
    this.service = service;
  }

  /**
   * The adapters of a request as one, which is made if it is not there.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if they cannot be made one
   */
  LeasedAdapters lease(Tenant tenant, MergeRequest asked) {
    List<NamedAdapter> named =
        asked.names().stream().map(name -> new NamedAdapter(name, Weight.of(1))).toList();
    try (LeasedAdapters leased = LeasedAdapters.of(service.adapters(), tenant, named)) {
      List<Adapter> adapters = leased.leases().stream().map(AdapterLease::adapter).toList();
      List<String> contents = adapters.stream().map(Adapter::identity).toList();
      Recipe recipe = new Recipe(contents, asked.weights(), asked.mixer());
      Adapter merged = kept.get(recipe, () -> merged(leased.names(), adapters, recipe));
      return new LeasedAdapters(MixPlan.of(merged, 1), leased.names(), List.of());
    }
  }

  /** How many are kept. */
  int size() {
    return kept.size();
  }

  private Adapter merged(String name, List<Adapter> adapters, Recipe recipe) {
    DeltaMixer mixer = (DeltaMixer) Extensions.installed().make(Mixer.class, recipe.mixer());
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < adapters.size(); i++) {
      plan = plan.with(adapters.get(i), recipe.weights().get(i));
    }
    Map<String, Site> sites = new HashMap<>();
    service.model().base().family().sites().all().forEach(s -> sites.put(s.name(), s));
    try (Scope scope = service.model().scope().child("merged adapters")) {
      return new DeltaMixing(scope, sites)
          .stored(type(adapters))
          .cutWholes()
          .mix(name, mixer, plan)
          .adapter();
    }
  }

  /** The type of all factors if they have one, as in files that {@code merge} writes. */
  private static DType type(List<Adapter> adapters) {
    Set<DType> found =
        adapters.stream()
            .flatMap(MergedAdapters::tensors)
            .map(HostTensor::dtype)
            .filter(t -> t == DType.F32 || t == DType.BF16 || t == DType.F16)
            .collect(Collectors.toSet());
    return found.size() == 1 ? found.iterator().next() : DType.F32;
  }

  private static long bytes(Adapter adapter) {
    return tensors(adapter).mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
  }

  private static Stream<HostTensor> tensors(Adapter adapter) {
    return adapter.sites().values().stream()
        .flatMap(site -> site.stream().flatMap(f -> f.tensors().values().stream()));
  }
}
