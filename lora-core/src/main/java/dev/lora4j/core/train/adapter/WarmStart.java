package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds the initial factors of a warm start, and the layers of the adapter that prevent it. */
final class WarmStart {
  private final Adapter adapter;
  private final Map<String, Site> sites;
  private final Function<Site, TrainableMethod> methods;

  /** Names of layers by problem, as most problems affect many. */
  private final Map<String, List<String>> wrong = new LinkedHashMap<>();

  /**
   * Prepares the warm start from an adapter.
   *
   * @param sites all layers of the model
   * @param methods the training method of each
   */
  WarmStart(Adapter adapter, Collection<Site> sites, Function<Site, TrainableMethod> methods) {
    this.adapter = adapter;
    this.sites = sites.stream().collect(Collectors.toMap(Site::name, s -> s));
    this.methods = methods;
  }

  /** Initial factors of each of its layers that can be trained further. */
  Map<String, WarmStartFactors> begun() {
    Map<String, WarmStartFactors> all = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach(
            (name, factors) ->
                Optional.ofNullable(sites.get(name))
                    .map(site -> begun(site, factors))
                    .orElseGet(() -> wrong(name, "this model has no such layer"))
                    .ifPresent(begun -> all.put(name, begun)));
    return all;
  }

  /** A part of a sentence for each kind of problem; to be called after {@link #begun}. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    wrong.forEach(
        (what, names) ->
            problems.add(
                adapter.name()
                    + " cannot be trained further at "
                    + names.size()
                    + " of its layers, for example "
                    + names.get(0)
                    + ": "
                    + what));
    return problems;
  }

  private <T> Optional<T> wrong(String layer, String what) {
    wrong.computeIfAbsent(what, w -> new ArrayList<>()).add(layer);
    return Optional.empty();
  }

  private Optional<WarmStartFactors> begun(Site site, List<Factors> stored) {
    TrainableMethod method = methods.apply(site);
    List<Factors> plain = stored.stream().map(Methods::lora).toList();
    List<Factors> found = stored;
    Optional<WarmStartFactors> begun = Optional.empty();
    try {
      if (method.kinds().contains(site.kind())) {
        begun = method.warmStart(site, stored);
        if (begun.isEmpty() && !plain.equals(stored)) {
          // Another form of a LoRA than the method trains.
          found = plain;
          begun = method.warmStart(site, plain);
        }
      }
    } catch (IllegalArgumentException e) {
      return wrong(site.name(), String.valueOf(e.getMessage()));
    }
    if (begun.isEmpty()) {
      return wrong(
          site.name(),
          "it has "
              + kinds(stored)
              + " there, which the method "
              + method.name()
              + " with its settings does not train; set those that trained it");
    }
    List<TrainedTensor> tensors = method.tensors(site, begun.get().recipe());
    for (TrainedTensor tensor : tensors) {
      HostTensor value = begun.get().values().get(tensor.part());
      if (value != null && !value.shape().equals(tensor.shape())) {
        return wrong(
            site.name(),
            "its "
                + tensor.part()
                + " is "
                + value.shape()
                + " there, and the method "
                + method.name()
                + " with its settings trains "
                + tensor.shape());
      }
    }
    return comesOut(site, method, begun.get(), tensors, found)
        ? begun
        : wrong(
            site.name(),
            "the method "
                + method.name()
                + " would write other "
                + kinds(found)
                + " before any step");
  }

  private static String kinds(List<Factors> all) {
    return all.stream().map(Factors::method).collect(Collectors.joining(" and "));
  }

  /** Returns true if the method would write the same factors without training. */
  private static boolean comesOut(
      Site site,
      TrainableMethod method,
      WarmStartFactors begun,
      List<TrainedTensor> tensors,
      List<Factors> found) {
    Map<String, HostTensor> fixed =
        method.fixed(site, begun.recipe(), method.shared(Map.of(site, begun.recipe())));
    for (Map.Entry<String, HostTensor> value : begun.values().entrySet()) {
      Optional<HostTensor> known = Optional.ofNullable(fixed.get(value.getKey()));
      boolean fits = known.filter(f -> f.shape().equals(value.getValue().shape())).isPresent();
      if (!fits && tensors.stream().noneMatch(t -> t.part().equals(value.getKey()))) {
        return false;
      }
    }
    List<Factors> written = new ArrayList<>(method.factors(site, begun.recipe(), begun.values()));
    written.sort(Comparator.comparing(Factors::method));
    return written.equals(found);
  }

  /** The fixed tensors of a layer, or those that it has already. */
  static Map<String, HostTensor> given(
      Map<String, HostTensor> fixed, Optional<WarmStartFactors> begun) {
    Map<String, HostTensor> all = new TreeMap<>(fixed);
    all.replaceAll(
        (part, value) -> begun.map(b -> b.values().getOrDefault(part, value)).orElse(value));
    return all;
  }

  /** The tensors of a layer with the first values that it has already. */
  static List<TrainedTensor> given(List<TrainedTensor> tensors, Optional<WarmStartFactors> begun) {
    Map<String, HostTensor> values =
        new TreeMap<>(begun.map(WarmStartFactors::values).orElse(Map.of()));
    return tensors.stream()
        .map(t -> values.containsKey(t.part()) ? t.withValues(values.get(t.part())) : t)
        .toList();
  }
}
