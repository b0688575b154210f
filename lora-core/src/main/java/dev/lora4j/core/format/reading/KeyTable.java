package dev.lora4j.core.format.reading;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys of a file by the layer that they are for. */
final class KeyTable {
  /**
   * The keys of one layer as the file spells it.
   *
   * @param keys by role
   */
  record Group(String spelled, Layer layer, String dialect, SortedMap<String, String> keys) {}

  private record Found(AdapterFormat format, KeyAddress address) {}

  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final SortedMap<String, Reason> ignored = new TreeMap<>();
  private final SortedMap<String, KeyAddress.UnknownLayer> lacking = new TreeMap<>();
  private final Map<KeyAddress.AllLayers, String> shared = new LinkedHashMap<>();

  /** Resolves all keys with the dialects that the file may be in. */
  static KeyTable of(KeyContext context, List<AdapterFormat> dialects) {
    KeyTable table = new KeyTable();
    for (String key : context.keys()) {
      Optional<Found> found = find(key, context, dialects);
      if (found.isEmpty()) {
        table.ignored.put(key, Reason.UNKNOWN);
      } else {
        table.add(key, found.get());
      }
    }
    return table;
  }

  /** The first dialect that finds the key's layers; else the first that resolves the key at all. */
  private static Optional<Found> find(
      String key, KeyContext context, List<AdapterFormat> dialects) {
    Optional<Found> first = Optional.empty();
    for (AdapterFormat format : dialects) {
      Optional<KeyAddress> address = Formats.resolve(format, key, context);
      if (address.isPresent()) {
        Found found = new Found(format, address.get());
        if (found.address() instanceof KeyAddress.KnownLayer
            || found.address() instanceof KeyAddress.AllLayers) {
          return Optional.of(found);
        }
        first = first.isPresent() ? first : Optional.of(found);
      }
    }
    return first;
  }

  private void add(String key, Found found) {
    if (found.address() instanceof KeyAddress.KnownLayer of) {
      String name = of.spelled() + "\0" + of.layer().name();
      Group group =
          groups.computeIfAbsent(
              name,
              n -> new Group(of.spelled(), of.layer(), found.format().name(), new TreeMap<>()));
      if (group.keys().putIfAbsent(of.role(), key) != null) {
        ignored.put(key, Reason.DUPLICATE);
      }
    } else if (found.address() instanceof KeyAddress.AllLayers of) {
      if (shared.putIfAbsent(of, key) != null) {
        ignored.put(key, Reason.DUPLICATE);
      }
    } else if (found.address() instanceof KeyAddress.UnknownLayer absent) {
      ignored.put(key, absent.model() ? Reason.OTHER_COMPONENT : Reason.NO_SITE);
      lacking.put(key, absent);
    } else if (found.address() instanceof KeyAddress.OtherTensor beside) {
      ignored.put(key, beside.reason());
    }
  }

  /**
   * Leaves one spelling where the file has several for the same tensors of a layer: the one that
   * more of its keys are in.
   */
  void leaveOneSpelling() {
    Map<String, Integer> sizes = new HashMap<>();
    groups.values().forEach(g -> sizes.merge(spelling(g), g.keys().size(), Integer::sum));
    List<Map.Entry<String, Group>> ordered = new ArrayList<>(groups.entrySet());
    ordered.sort(
        (a, b) ->
            Integer.compare(
                sizes.getOrDefault(spelling(b.getValue()), 0),
                sizes.getOrDefault(spelling(a.getValue()), 0)));
    Map<String, String> taken = new HashMap<>();
    for (Map.Entry<String, Group> entry : ordered) {
      Group group = entry.getValue();
      List<String> slots = new ArrayList<>();
      for (Layer.Part part : group.layer().parts()) {
        group.keys().keySet().forEach(role -> slots.add(part.site().name() + "\0" + role));
      }
      if (slots.stream().anyMatch(taken::containsKey)) {
        group.keys().values().forEach(key -> ignored.put(key, Reason.DUPLICATE));
        groups.remove(entry.getKey());
      } else {
        slots.forEach(slot -> taken.put(slot, entry.getKey()));
      }
    }
  }

  private static String spelling(Group group) {
    return group.dialect() + "\0" + group.layer().natively();
  }

  /** The keys by layer. */
  List<Group> groups() {
    return List.copyOf(groups.values());
  }

  /** Keys of tensors that all layers of a model share. */
  Map<KeyAddress.AllLayers, String> shared() {
    return Collections.unmodifiableMap(shared);
  }

  /** Keys of no layer, with the reasons. */
  SortedMap<String, Reason> ignored() {
    return ignored;
  }

  /** The ignored keys that would be factors if the base had the layer. */
  SortedMap<String, KeyAddress.UnknownLayer> lacking() {
    return lacking;
  }
}
