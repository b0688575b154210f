package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.RowSlice.Range;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the factors of one layer of a file, and divides them among the sites of the base. */
final class GroupReader {
  /**
   * Result of reading a group.
   *
   * @param factors by canonical name of the site
   * @param ignored keys without effect, with the reasons
   * @param converted keys whose values were changed
   * @param shared keys of tensors that other layers use too
   */
  record Result(
      Map<String, List<Factors>> factors,
      SortedMap<String, Reason> ignored,
      Set<String> converted,
      Set<String> shared,
      List<String> warnings) {}

  private final AdapterSource source;
  private final SharedTensors shared;

  GroupReader(AdapterSource source, SharedTensors shared) {
    this.source = source;
    this.shared = shared;
  }

  /**
   * Reads a group.
   *
   * @throws AdapterException if its tensors do not fit the layer or each other, or are not finite
   */
  Result read(KeyTable.Group group) {
    Site whole = group.layer().whole();
    LayerTensors tensors = LayerTensors.read(source, group);
    SortedMap<String, Reason> ignored = new TreeMap<>();
    SiteTensors complete = complete(tensors.of(whole), ignored);
    Set<String> joined = shared.join(group, complete);
    source.config().settings(group.spelled()).forEach(complete::set);
    List<Factors> read = Methods.read(changing(complete, ignored));
    complete.ignored().keySet().forEach(r -> ignored.put(complete.key(r), Reason.NO_EFFECT));
    Set<String> converted = new TreeSet<>(tensors.converted());
    if (!group.layer().plain()) {
      converted.addAll(group.keys().values());
    }
    converted.removeAll(ignored.keySet());
    Map<String, List<Factors>> divided = divide(group.layer(), whole, read);
    return new Result(divided, ignored, converted, joined, complete.warnings());
  }

  /** Tensors without those of a method of which a part is missing. */
  private static SiteTensors complete(SiteTensors tensors, SortedMap<String, Reason> ignored) {
    Set<String> whole = new TreeSet<>();
    for (AdapterMethod method : Methods.all().values()) {
      if (Methods.recognises(method, tensors)) {
        whole.addAll(method.roles());
      }
    }
    Set<String> half = new TreeSet<>(tensors.roles());
    half.removeAll(whole);
    half.forEach(role -> ignored.put(tensors.key(role), Reason.HALF_A_PAIR));
    return tensors.without(half);
  }

  /** Tensors without those of AdaLoRA at a layer of which no direction is left. */
  private static SiteTensors changing(SiteTensors tensors, SortedMap<String, Reason> ignored) {
    if (!AdaloraMethod.empty(tensors)) {
      return tensors;
    }
    Set<String> roles = new TreeSet<>(new AdaloraMethod().roles());
    roles.retainAll(tensors.roles());
    roles.forEach(role -> ignored.put(tensors.key(role), Reason.NO_EFFECT));
    return tensors.without(roles);
  }

  private static Map<String, List<Factors>> divide(Layer layer, Site whole, List<Factors> read) {
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    if (read.isEmpty()) {
      return factors;
    }
    if (layer.plain()) {
      factors.put(whole.name(), read);
      return factors;
    }
    List<Range> all = layer.parts().stream().map(part -> range(part, whole)).toList();
    for (Layer.Part part : layer.parts()) {
      RowSlice share = new RowSlice(rows(part, whole), all);
      if (share.count() != part.site().out()) {
        throw new AdapterException(
            part.site().name()
                + " "
                + part.site().weight()
                + " should have "
                + share.count()
                + " rows as a part of "
                + whole.name()
                + ".");
      }
      List<Factors> mine = new ArrayList<>();
      read.forEach(f -> mine.add(Methods.named(f.method()).rows(whole, f, share)));
      factors.put(part.site().name(), mine);
    }
    return factors;
  }

  private static Range range(Layer.Part part, Site whole) {
    NativeName.Rows rows = part.rows().orElse(new NativeName.Rows(0, whole.out()));
    return new Range(rows.from(), rows.count());
  }

  /** The part's rows in its own order. */
  private static List<Range> rows(Layer.Part part, Site whole) {
    Range all = range(part, whole);
    long half = all.count() / 2;
    return part.swapped()
        ? List.of(new Range(all.from() + half, all.count() - half), new Range(all.from(), half))
        : List.of(all);
  }
}
