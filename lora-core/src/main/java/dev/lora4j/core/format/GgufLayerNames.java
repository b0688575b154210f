package dev.lora4j.core.format;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names of a base's layers in the files of llama.cpp.
 *
 * @param architecture the base's architecture there ({@code general.architecture}); empty where
 *     llama.cpp has none for it
 * @param layers by canonical name of the site; sites that llama.cpp has no tensor for are left out
 */
public record GgufLayerNames(String architecture, SortedMap<String, Name> layers) {
  /** No names: of a base that llama.cpp does not have. */
  public static final GgufLayerNames NONE = new GgufLayerNames("", new TreeMap<>());

  /**
   * Name of one layer.
   *
   * @param tensor name of its weight's tensor, for example {@code blk.0.attn_q.weight}
   * @param pairedHeads number of heads whose rows lie there in the pairs that turn together; 0
   *     where rows lie as the model has them
   */
  public record Name(String tensor, int pairedHeads) {}

  /** Copies its map. */
  public GgufLayerNames {
    layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
  }

  /** Name of a layer; empty if llama.cpp has no tensor for it. */
  public Optional<Name> of(String site) {
    return Optional.ofNullable(layers.get(site));
  }

  /** Canonical name of the site whose weight is in a tensor; empty if there is none. */
  public Optional<String> site(String tensor) {
    return layers.entrySet().stream()
        .filter(layer -> layer.getValue().tensor().equals(tensor))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Returns true if llama.cpp has the architecture of the base. */
  public boolean known() {
    return !architecture.isEmpty();
  }
}
